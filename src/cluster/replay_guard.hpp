// Remembers which signed requests were seen, so that none counts twice.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "base/clock.hpp"
#include "base/guarded.hpp"
#include "base/result.hpp"

namespace qd::cluster {

// Bounded. Thread-safe.
class ReplayGuard {
 public:
  explicit ReplayGuard(std::size_t capacity = 100'000) : capacity_(capacity) {}

  // Remembers `nonce` up to and with `until`, after which its request must be too old anyway. Errors: conflict when it
  // is known; unavailable when there is no room, as forgetting one early would let it in again.
  Result<void> admit(const std::string& nonce, UnixMillis until, UnixMillis now);

  std::size_t size() const;

 private:
  struct Seen {
    std::set<std::string> nonces;
    std::set<std::pair<UnixMillis, std::string>> by_end;
  };
  const std::size_t capacity_;
  base::Guarded<Seen> seen_;
};

}  // namespace qd::cluster
