#include "node/ssh_link.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace qd::node {

SshLink::SshLink(base::EventLoop& loop, Fd socket) : loop_(loop), session_(ssh_new()) {
  // libssh closes its descriptor when it likes; the one that the loop watches is another.
  int own = fcntl(socket.get(), F_DUPFD_CLOEXEC, 3);
  watch_ = std::make_unique<FdWatch>(loop, std::move(socket));
  const bool no = false;
  const int quiet = SSH_LOG_NOLOG, nodelay = 1;
  ssh_options_set(session_, SSH_OPTIONS_PROCESS_CONFIG, &no);
  ssh_options_set(session_, SSH_OPTIONS_LOG_VERBOSITY, &quiet);
  ssh_options_set(session_, SSH_OPTIONS_NODELAY, &nodelay);
  ssh_options_set(session_, SSH_OPTIONS_HOST, "node");
  ssh_options_set(session_, SSH_OPTIONS_SSH_DIR, "/nonexistent");
  ssh_options_set(session_, SSH_OPTIONS_KNOWNHOSTS, "/dev/null");
  ssh_options_set(session_, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null");
  ssh_options_set(session_, SSH_OPTIONS_FD, &own);
  ssh_set_counters(session_, &counter_, nullptr);
  ssh_set_blocking(session_, 0);
}

SshLink::~SshLink() {
  shutdown(watch_->fd(), SHUT_RDWR);  // no goodbye: it would wait for room in the socket
  ssh_free(session_);
}

void SshLink::enlist(std::coroutine_handle<> awaiter) {
  dead_ = nullptr;
  const std::uint64_t now = counter_.in_bytes;
  for (const auto& waiter : waiters_) {
    if (waiter.seen < now) wake_soon();
  }
  waiters_.push_back({awaiter, now});
  arm();
}

void SshLink::arm() {
  // The callbacks go with the watch, which goes with the link.
  watch_->when_readable([this] { wake(); });
  if ((ssh_get_poll_flags(session_) & SSH_WRITE_PENDING) != 0) watch_->when_writable([this] { wake(); });
}

void SshLink::wake() {
  const auto self = shared_from_this();
  const auto waiting = std::exchange(waiters_, {});
  for (const auto& waiter : waiting) {
    const base::WorkScope scope(waiter.work);
    waiter.handle.resume();
  }
}

void SshLink::wake_soon() {
  if (std::exchange(wake_posted_, true)) return;
  loop_.post([weak = weak_from_this()] {
    if (const auto self = weak.lock()) {
      self->wake_posted_ = false;
      self->wake();
    }
  });
}

bool SshLink::take_in() {
  const auto event = ssh_event_new();
  if (event == nullptr) return false;
  bool sound = ssh_event_add_session(event, session_) == SSH_OK;
  sound = sound && ssh_event_dopoll(event, 0) != SSH_ERROR;
  ssh_event_remove_session(event, session_);
  ssh_event_free(event);
  return sound && ssh_is_connected(session_) != 0;
}

void SshLink::watch_idle(std::function<void()> dead) {
  dead_ = std::move(dead);
  watch_->when_readable([this] {
    if (!dead_) return wake();
    const auto self = shared_from_this();
    char byte = 0;
    const bool closed = recv(watch_->fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
    auto tell = std::exchange(dead_, nullptr);
    if (closed || !take_in()) return tell();
    watch_idle(std::move(tell));
  });
}

SshAlarm::SshAlarm(const std::shared_ptr<SshLink>& link, Millis limit) : loop_(link->loop()) {
  if (limit.count() <= 0) return;
  timer_ = loop_.after(limit, [weak = std::weak_ptr(link), rung = rung_] {
    *rung = true;
    if (const auto alive = weak.lock()) alive->wake();
  });
}

SshAlarm::~SshAlarm() {
  if (timer_ != 0) loop_.cancel(timer_);
}

base::CancelRegistration wake_on_cancel(const std::shared_ptr<SshLink>& link, const base::CancelToken& cancel) {
  return cancel.on_cancel([weak = std::weak_ptr(link), &loop = link->loop()] {
    loop.post([weak] {
      if (const auto alive = weak.lock()) alive->wake();
    });
  });
}

}  // namespace qd::node
