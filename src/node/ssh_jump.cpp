#include "node/ssh_jump.hpp"

#include <array>
#include <sys/socket.h>
#include <unistd.h>

#include "node/ssh_channel.hpp"
#include "node/ssh_failure.hpp"

namespace qd::node {
namespace {

// Carries bytes between a channel and our end of a socket pair.
class JumpBridge {
 public:
  JumpBridge(std::shared_ptr<SshLease> jump, SshChannel channel, Fd socket)
      : jump_(std::move(jump)),
        link_(jump_->link()),
        channel_(std::move(channel)),
        watch_(link_->loop(), std::move(socket)) {}

  static base::Task<void> run(std::unique_ptr<JumpBridge> self) {
    while (self->carry()) co_await self->link_->wait();
  }

 private:
  bool carry() {
    if (!to_socket() || !to_channel()) return false;
    const auto weak = std::weak_ptr(link_);
    const auto wake = [weak] {
      if (const auto link = weak.lock()) link->wake();
    };
    if (out_.size() < kMost && !ended_) watch_.when_readable(wake);
    if (!in_.empty()) watch_.when_writable(wake);
    return true;
  }

  // False: the bridge has ended.
  bool to_socket() {
    while (true) {
      while (!in_.empty()) {
        const auto sent = send(watch_.fd(), in_.data(), in_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0) return errno == EAGAIN || errno == EINTR;
        in_.erase(0, static_cast<std::size_t>(sent));
      }
      const int size = ssh_channel_read_nonblocking(channel_.get(), buffer_.data(), buffer_.size(), 0);
      if (size == SSH_ERROR || size == SSH_EOF) return false;
      if (size <= 0) return ssh_channel_is_eof(channel_.get()) == 0 && ssh_channel_is_closed(channel_.get()) == 0;
      in_.assign(buffer_.data(), static_cast<std::size_t>(size));
    }
  }

  bool to_channel() {
    while (true) {
      while (!out_.empty()) {
        const int written = ssh_channel_write(channel_.get(), out_.data(), static_cast<std::uint32_t>(out_.size()));
        if (written == SSH_ERROR) return false;
        if (written == 0) return true;
        out_.erase(0, static_cast<std::size_t>(written));
      }
      if (ended_) return false;
      const auto size = recv(watch_.fd(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
      if (size < 0) return errno == EAGAIN || errno == EINTR;
      if (size == 0) ended_ = true;
      out_.append(buffer_.data(), static_cast<std::size_t>(size));
    }
  }

  static constexpr std::size_t kMost = 64 * 1024;
  std::shared_ptr<SshLease> jump_;
  std::shared_ptr<SshLink> link_;
  SshChannel channel_;
  FdWatch watch_;
  std::string in_, out_;
  bool ended_ = false;  // our side closed
  std::array<char, 32 * 1024> buffer_{};
};

}  // namespace

base::Task<Result<Fd>> open_through(std::shared_ptr<SshLease> jump, SshHop to, const Attempt& attempt) {
  const auto link = jump->link();
  SshChannel channel(ssh_channel_new(link->session()));
  if (!channel) co_return fail(ssh_failure::no_connection(to, "the jump host's connection has ended"));
  const SshAlarm alarm(link, attempt.left());
  const auto waking = wake_on_cancel(link, attempt.cancel());
  auto opening = until_done(
      *link, [&] { return ssh_channel_open_forward(channel.get(), to.host.c_str(), to.port, "127.0.0.1", 0); },
      [&] { return attempt.over(); });
  const int code = co_await std::move(opening);
  if (code == SSH_AGAIN) co_return fail(attempt.why(to, "was not reached through the jump host"));
  if (code != SSH_OK) {
    if (ssh_is_connected(link->session()) == 0) jump->spoil();
    co_return fail(ssh_failure::no_connection(
        to, std::string("the jump host cannot reach it (") + ssh_get_error(link->session()) + ")"));
  }
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) != 0)
    co_return fail(ssh_failure::no_connection(to, "no socket pair could be made"));
  base::spawn(JumpBridge::run(std::make_unique<JumpBridge>(std::move(jump), std::move(channel), Fd(pair[0]))));
  co_return Fd(pair[1]);
}

}  // namespace qd::node
