#include "node/ssh_gate.hpp"

#include <algorithm>

namespace qd::node {

base::Task<bool> SshGate::enter(Millis limit, base::CancelToken cancel) {
  if (free_ > 0) {
    --free_;
    co_return true;
  }
  const auto waiter = std::make_shared<Waiter>(loop_);
  waiting_.push_back(waiter);
  const auto registration = cancel.on_cancel([waiter] { waiter->event.set(); });
  co_await waiter->event.wait_for(limit);
  if (waiter->granted) co_return true;
  waiting_.erase(std::remove(waiting_.begin(), waiting_.end(), waiter), waiting_.end());
  co_return false;
}

void SshGate::leave() {
  if (waiting_.empty()) {
    ++free_;
    return;
  }
  const auto next = waiting_.front();
  waiting_.pop_front();
  next->granted = true;
  next->event.set();
}

}  // namespace qd::node
