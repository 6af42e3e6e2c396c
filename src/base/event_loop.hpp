// One thread that runs callbacks, timers and the coroutines that await them. Wraps Boost.Asio; the header does not.
#pragma once

#include <coroutine>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/task.hpp"

namespace boost::asio {
class io_context;
}

namespace qd::base {

// Thread-safe unless said otherwise. After stop() returned no callback runs any more and none is kept.
class EventLoop {
 public:
  using Callback = std::function<void()>;
  using TimerId = std::uint64_t;  // never 0

  explicit EventLoop(std::string name);
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  void start();
  void stop() noexcept;

  void post(Callback callback);                    // runs it soon, in order, on the loop's thread
  TimerId after(Millis delay, Callback callback);  // runs it once, on the loop's thread
  void cancel(TimerId timer);                      // on the loop's thread: the callback will not run
  bool in_loop() const;                            // is this the loop's thread?

  // co_await loop.sleep(d): continues on the loop's thread after `d`.
  auto sleep(Millis delay) {
    struct Awaiter {
      EventLoop& loop;
      Millis delay;
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> awaiter) {
        loop.after(delay, [awaiter] { awaiter.resume(); });
      }
      void await_resume() const noexcept {}
    };
    return Awaiter{*this, delay};
  }

  // co_await loop.enter(): continues on the loop's thread, at once when it is this one.
  auto enter() {
    struct Awaiter {
      EventLoop& loop;
      bool await_ready() const noexcept { return loop.in_loop(); }
      void await_suspend(std::coroutine_handle<> awaiter) {
        loop.post([awaiter] { awaiter.resume(); });
      }
      void await_resume() const noexcept {}
    };
    return Awaiter{*this};
  }

  // On the loop's thread. Calls `ready` there whenever more becomes readable on the descriptor, or it ends: read until
  // nothing is left, as nothing is said twice. 0: it cannot be watched (errno). Cheap to begin and to end, for the many
  // descriptors that live for milliseconds.
  using WatchId = std::uint64_t;
  WatchId watch(int descriptor, Callback ready);
  void unwatch(WatchId watch);  // before the descriptor is closed; `ready` is then called no more

  // For the few sources that put descriptors or sockets on the loop.
  boost::asio::io_context& io();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace qd::base
