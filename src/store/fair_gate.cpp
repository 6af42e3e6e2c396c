#include "store/fair_gate.hpp"

#include <algorithm>

namespace qd::store {
namespace {
constexpr std::chrono::milliseconds patience{3};
}

bool FairGate::somebody_is_due(Instant now) const {
  return !waiters_.empty() && now - waiters_.front()->since >= patience;
}

bool FairGate::acquire(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (!held_ && !somebody_is_due(now)) {
    held_ = true;
    return true;
  }
  Waiter self;
  self.since = now;
  waiters_.push_back(&self);
  const auto may_enter = [&] { return self.granted || (!held_ && waiters_.front() == &self); };
  const bool entered = self.wake.wait_until(lock, now + timeout, may_enter);
  waiters_.erase(std::find(waiters_.begin(), waiters_.end(), &self));
  if (entered) held_ = true;
  return entered;
}

void FairGate::release() {
  const std::lock_guard lock(mutex_);
  held_ = false;
  if (waiters_.empty()) return;
  Waiter& next = *waiters_.front();
  if (somebody_is_due(std::chrono::steady_clock::now())) next.granted = held_ = true;
  next.wake.notify_one();
}

std::size_t FairGate::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiters_.size();
}

bool FairGate::held() const {
  const std::lock_guard lock(mutex_);
  return held_;
}

}  // namespace qd::store
