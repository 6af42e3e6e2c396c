// The database's clock without asking it each time: its last known time and what the machine's steady clock counted
// since. A member whose own clock is wrong writes right times with it.
#pragma once

#include <atomic>

#include "base/clock.hpp"

namespace qd::store {

// Thread-safe.
class DatabaseClock final : public Clock {
 public:
  // As the machine's own clock until the database was asked.
  DatabaseClock();
  UnixMillis now() const override;
  // What the database just said.
  void observe(UnixMillis database_now);

 private:
  static std::int64_t steady();
  std::atomic<std::int64_t> offset_;
};

}  // namespace qd::store
