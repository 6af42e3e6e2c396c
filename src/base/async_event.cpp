#include "base/async_event.hpp"

#include <algorithm>
#include <utility>

namespace qd::base {

bool AsyncEvent::is_set() const {
  const std::lock_guard lock(mutex_);
  return set_;
}

void AsyncEvent::set() {
  std::vector<Waiter> waiters;
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(set_, true)) return;
    waiters.swap(waiters_);
  }
  if (waiters.empty()) return;
  // Nothing of the event may be touched once the first waiter runs: it may destroy it.
  loop_.post([&loop = loop_, waiters = std::move(waiters)] {
    for (const auto& waiter : waiters) {
      if (waiter.timer != 0) loop.cancel(waiter.timer);
    }
    for (const auto& waiter : waiters) {
      const WorkScope scope(waiter.work);
      waiter.handle.resume();
    }
  });
}

bool AsyncEvent::enlist(std::coroutine_handle<> awaiter, std::shared_ptr<bool> timed_out) {
  const std::lock_guard lock(mutex_);
  if (set_) return false;
  waiters_.push_back({awaiter, std::move(timed_out)});
  return true;
}

void AsyncEvent::arm(Millis limit, const std::shared_ptr<bool>& timed_out) {
  const auto timer = loop_.after(limit, [this, timed_out] { expire(timed_out); });
  const std::lock_guard lock(mutex_);
  for (auto& waiter : waiters_) {
    if (waiter.timed_out == timed_out) waiter.timer = timer;
  }
}

void AsyncEvent::expire(const std::shared_ptr<bool>& timed_out) {
  Waiter waiter;
  {
    const std::lock_guard lock(mutex_);
    const auto found =
        std::find_if(waiters_.begin(), waiters_.end(), [&](const Waiter& one) { return one.timed_out == timed_out; });
    if (found == waiters_.end()) return;
    waiter = *found;
    waiters_.erase(found);
  }
  *timed_out = true;
  const WorkScope scope(waiter.work);
  waiter.handle.resume();
}

}  // namespace qd::base
