// Lets so many through at once; the others wait for their turn. Internal to node/.
#pragma once

#include <deque>
#include <memory>

#include "base/async_event.hpp"
#include "base/cancel.hpp"
#include "base/task.hpp"

namespace qd::node {

// Used on the loop's thread.
class SshGate {
 public:
  SshGate(base::EventLoop& loop, std::size_t places) : loop_(loop), free_(places) {}

  // True: a place is held until leave(). False: `limit` passed first, or `cancel` came.
  base::Task<bool> enter(Millis limit, base::CancelToken cancel);
  void leave();
  bool full() const { return free_ == 0; }

 private:
  struct Waiter {
    explicit Waiter(base::EventLoop& loop) : event(loop) {}
    base::AsyncEvent event;
    bool granted = false;
  };
  base::EventLoop& loop_;
  std::size_t free_;
  std::deque<std::shared_ptr<Waiter>> waiting_;
};

}  // namespace qd::node
