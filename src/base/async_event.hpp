// A one-shot event that coroutines wait for.
#pragma once

#include <coroutine>
#include <memory>
#include <mutex>
#include <vector>

#include "base/clock.hpp"
#include "base/event_loop.hpp"
#include "base/work_context.hpp"

namespace qd::base {

// set() may be called on any thread, often, and from inside whatever the event wakes. Waiters continue on the loop's
// thread, never inside set(). The event must outlive its waiters' resumption, not set().
class AsyncEvent {
 public:
  explicit AsyncEvent(EventLoop& loop) : loop_(loop) {}
  AsyncEvent(const AsyncEvent&) = delete;
  AsyncEvent& operator=(const AsyncEvent&) = delete;

  void set();
  bool is_set() const;

  // co_await event.wait(): returns once the event is set; at once when it is already.
  auto wait() {
    struct Awaiter {
      AsyncEvent& event;
      bool await_ready() const { return event.is_set(); }
      bool await_suspend(std::coroutine_handle<> awaiter) { return event.enlist(awaiter, nullptr); }
      void await_resume() const noexcept {}
    };
    return Awaiter{*this};
  }

  // bool happened = co_await event.wait_for(d): false when `d` passed first. On the loop's thread only.
  auto wait_for(Millis limit) {
    struct Awaiter {
      AsyncEvent& event;
      Millis limit;
      std::shared_ptr<bool> timed_out = std::make_shared<bool>(false);
      bool await_ready() const { return event.is_set(); }
      bool await_suspend(std::coroutine_handle<> awaiter) {
        if (!event.enlist(awaiter, timed_out)) return false;
        event.arm(limit, timed_out);
        return true;
      }
      bool await_resume() const noexcept { return !*timed_out; }
    };
    return Awaiter{*this, limit};
  }

 private:
  struct Waiter {
    std::coroutine_handle<> handle;
    std::shared_ptr<bool> timed_out;  // null without a limit
    EventLoop::TimerId timer = 0;
    WorkContextPtr work = current_work();  // of who waits, not of who sets the event
  };

  bool enlist(std::coroutine_handle<> awaiter, std::shared_ptr<bool> timed_out);  // false: set meanwhile, do not wait
  void arm(Millis limit, const std::shared_ptr<bool>& timed_out);
  void expire(const std::shared_ptr<bool>& timed_out);

  EventLoop& loop_;
  mutable std::mutex mutex_;
  bool set_ = false;
  std::vector<Waiter> waiters_;
};

}  // namespace qd::base
