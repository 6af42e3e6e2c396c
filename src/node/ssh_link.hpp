// A libssh session on a loop: its functions are called again and again, without blocking, and in between one waits
// here. Internal to node/.
//
//   while ((rc = ssh_channel_open_session(channel)) == SSH_AGAIN) co_await link.wait();
#pragma once

#include <coroutine>
#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <memory>
#include <vector>

#include "base/cancel.hpp"
#include "base/event_loop.hpp"
#include "base/work_context.hpp"
#include "node/fd_watch.hpp"

namespace qd::node {

// Used on the loop's thread, through a shared_ptr. Several coroutines may use the session, each with its own channel.
class SshLink : public std::enable_shared_from_this<SshLink> {
 public:
  // `socket` is connected and non-blocking.
  SshLink(base::EventLoop& loop, Fd socket);
  ~SshLink();
  SshLink(const SshLink&) = delete;
  SshLink& operator=(const SshLink&) = delete;

  ssh_session session() const { return session_; }
  base::EventLoop& loop() const { return loop_; }
  std::uint64_t bytes_in() const { return counter_.in_bytes; }

  // Continues when bytes came or can go, when another user of the session took in bytes that may be for this one, or
  // after wake(). It may continue for nothing.
  auto wait() {
    struct Awaiter {
      SshLink& link;
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> awaiter) { link.enlist(awaiter); }
      void await_resume() const noexcept {}
    };
    return Awaiter{*this};
  }
  void wake();       // now
  void wake_soon();  // in the loop's next turn

  // While nobody uses the session: what comes is taken in. Calls `dead` once when the other side is gone. Ends with
  // the next wait().
  void watch_idle(std::function<void()> dead);

  // Takes in what has come, without waiting. False: the session is broken.
  bool take_in();

  // What waits on the link's behalf, e.g. the connection that a jump goes through. Released with it.
  void keep(std::shared_ptr<void> what) { kept_.push_back(std::move(what)); }

 private:
  struct Waiter {
    std::coroutine_handle<> handle;
    std::uint64_t seen;  // bytes_in() when it began to wait
    base::WorkContextPtr work = base::current_work();
  };
  void enlist(std::coroutine_handle<> awaiter);
  void arm();

  base::EventLoop& loop_;
  std::unique_ptr<FdWatch> watch_;
  ssh_session session_;
  ssh_counter_struct counter_{};
  std::vector<Waiter> waiters_;
  bool wake_posted_ = false;
  std::function<void()> dead_;
  std::vector<std::shared_ptr<void>> kept_;
};

// Wakes the users of a link after `limit`, and says so.
class SshAlarm {
 public:
  SshAlarm(const std::shared_ptr<SshLink>& link, Millis limit);  // limit 0: never rings
  ~SshAlarm();
  SshAlarm(const SshAlarm&) = delete;
  SshAlarm& operator=(const SshAlarm&) = delete;
  bool rung() const { return *rung_; }

 private:
  base::EventLoop& loop_;
  std::shared_ptr<bool> rung_ = std::make_shared<bool>(false);
  base::EventLoop::TimerId timer_ = 0;
};

// Wakes the users of a link when `cancel` comes.
base::CancelRegistration wake_on_cancel(const std::shared_ptr<SshLink>& link, const base::CancelToken& cancel);

}  // namespace qd::node
