#include "node/scp.hpp"

#include <array>
#include <cstdio>

#include "base/text.hpp"
#include "node/executor.hpp"

namespace qd::node {
namespace {

constexpr std::size_t kLongestComplaint = 1'000;

// A command in a channel that one talks with byte by byte.
class QuietChannel {
 public:
  QuietChannel(std::shared_ptr<SshLink> link, std::function<bool()> over)
      : link_(std::move(link)), over_(std::move(over)) {}

  base::Task<Result<>> start(std::string command) {
    channel_.reset(ssh_channel_new(link_->session()));
    if (!channel_) co_return fail(broken());
    auto opening = until_done(
        *link_, [this] { return ssh_channel_open_session(channel_.get()); }, over_);
    if (const int code = co_await std::move(opening); code != SSH_OK) co_return fail(broken());
    auto executing = until_done(
        *link_, [&] { return ssh_channel_request_exec(channel_.get(), command.c_str()); }, over_);
    if (const int code = co_await std::move(executing); code != SSH_OK) co_return fail(broken());
    co_return Result<>();
  }

  base::Task<Result<>> write(std::string bytes) {
    std::size_t at = 0;
    while (at < bytes.size()) {
      const int written =
          ssh_channel_write(channel_.get(), bytes.data() + at, static_cast<std::uint32_t>(bytes.size() - at));
      if (written < 0 || ssh_channel_is_open(channel_.get()) == 0 || over_()) co_return fail(broken());
      at += static_cast<std::size_t>(written);
      if (written == 0) co_await link_->wait();
    }
    co_return Result<>();
  }

  // The byte that acknowledges: 0 is fine, 1 and 2 come with a complaint.
  base::Task<Result<>> acknowledged() {
    std::string answer;
    while (true) {
      char buffer[256];
      const int size = ssh_channel_read_nonblocking(channel_.get(), buffer, sizeof buffer, 0);
      if (size > 0) answer.append(buffer, static_cast<std::size_t>(size));
      if (!answer.empty() && answer[0] == 0) co_return Result<>();
      if (answer.find('\n') != std::string::npos || answer.size() > kLongestComplaint) {
        co_return fail(ErrorKind::unavailable,
                       "scp on the node: " + std::string(base::trim(std::string_view(answer).substr(1))), reason::io);
      }
      if (size > 0) continue;
      if (size < 0 || over_() || ssh_channel_is_eof(channel_.get()) != 0) co_return fail(broken());
      co_await link_->wait();
    }
  }

  base::Task<int> end() {
    ssh_channel_send_eof(channel_.get());
    std::array<char, 4096> buffer;
    while (true) {
      const bool read = ssh_channel_read_nonblocking(channel_.get(), buffer.data(), buffer.size(), 0) > 0 ||
                        ssh_channel_read_nonblocking(channel_.get(), buffer.data(), buffer.size(), 1) > 0;
      if (read) continue;
      const int status = ssh_channel_get_exit_status(channel_.get());  // takes in what reading does not
      const bool ended = ssh_channel_is_closed(channel_.get()) != 0 || ssh_is_connected(link_->session()) == 0 ||
                         (status >= 0 && ssh_channel_is_eof(channel_.get()) != 0);
      if (ended || over_()) co_return status;
      co_await link_->wait();
    }
  }

 private:
  Error broken() const {
    const bool connected = ssh_is_connected(link_->session()) != 0;
    return {ErrorKind::unavailable,
            connected
                ? "The node has neither SFTP nor a program scp, or it did not go on with the file transfer."
                : std::string("The connection broke during the file transfer: ") + ssh_get_error(link_->session()),
            connected ? reason::io : reason::connection};
  }

  std::shared_ptr<SshLink> link_;
  std::function<bool()> over_;
  SshChannel channel_;
};

}  // namespace

base::Task<Result<>> scp_put(std::shared_ptr<SshLink> link, std::function<bool()> over, CopySource& source,
                             base::WorkerPool& pool, std::string path, int mode) {
  base::EventLoop& loop = link->loop();
  QuietChannel channel(std::move(link), std::move(over));
  auto starting = channel.start("scp -t " + base::shell_quote(path));
  if (const auto started = co_await std::move(starting); !started) co_return fail(started.error());
  auto greeting = channel.acknowledged();
  if (const auto greeted = co_await std::move(greeting); !greeted) co_return fail(greeted.error());
  char head[64];
  std::snprintf(head, sizeof head, "C%04o %llu file\n", static_cast<unsigned>(mode),
                static_cast<unsigned long long>(source.size()));
  auto announcing = channel.write(head);
  if (const auto announced = co_await std::move(announcing); !announced) co_return fail(announced.error());
  auto accepting = channel.acknowledged();
  if (const auto accepted = co_await std::move(accepting); !accepted) co_return fail(accepted.error());
  while (true) {
    auto reading = source.next(pool, loop);
    auto piece = co_await std::move(reading);
    if (!piece) co_return fail(piece.error());
    const bool last = piece->empty();
    auto writing = channel.write(last ? std::string(1, '\0') : std::move(*piece));
    if (const auto written = co_await std::move(writing); !written) co_return fail(written.error());
    if (last) break;
  }
  auto finishing = channel.acknowledged();
  if (const auto finished = co_await std::move(finishing); !finished) co_return fail(finished.error());
  auto ending = channel.end();
  co_await std::move(ending);
  co_return Result<>();
}

base::Task<Result<>> run_quietly(std::shared_ptr<SshLink> link, std::function<bool()> over, std::string command) {
  QuietChannel channel(std::move(link), std::move(over));
  auto starting = channel.start(command);
  if (const auto started = co_await std::move(starting); !started) co_return fail(started.error());
  auto ending = channel.end();
  const int code = co_await std::move(ending);
  if (code == 0) co_return Result<>();
  co_return fail(ErrorKind::unavailable, "On the node, '" + command + "' ended with " + std::to_string(code) + ".",
                 reason::io);
}

}  // namespace qd::node
