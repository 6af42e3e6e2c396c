// Lets one holder in at a time, with a limit on the wait. Newcomers may pass while nobody has waited long (handing over
// to a sleeping thread each time would halve the throughput); whoever has waited a few milliseconds goes first.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>

namespace qd::store {

// Thread-safe.
class FairGate {
 public:
  [[nodiscard]] bool acquire(std::chrono::milliseconds timeout);  // false: not within `timeout`
  void release();
  std::size_t waiting() const;
  bool held() const;

 private:
  using Instant = std::chrono::steady_clock::time_point;
  struct Waiter {
    Instant since;
    std::condition_variable wake;
    bool granted = false;
  };
  bool somebody_is_due(Instant now) const;

  mutable std::mutex mutex_;
  bool held_ = false;
  std::deque<Waiter*> waiters_;  // oldest first
};

}  // namespace qd::store
