#include "node/ssh_run.hpp"

#include <array>
#include <libssh/server.h>
#include <optional>

#include "node/ssh_channel.hpp"

namespace qd::node {
namespace {

constexpr Millis kOpenPatience{30'000};  // for the server's answers before the command runs
constexpr Millis kAfterKill{1'000};      // then the channel is closed, whatever lives
constexpr Millis kDialoguePause{200};
constexpr int kReadsInARow = 16;

// One channel and what runs in it.
class ChannelRun {
 public:
  ChannelRun(std::shared_ptr<SshLink> link, const SshCommand& command, const SshRunRules& rules, OutputRelay& output,
             base::CancelToken cancel, SshDialogue* dialogue)
      : link_(std::move(link)),
        command_(command),
        rules_(rules),
        output_(output),
        cancel_(std::move(cancel)),
        dialogue_(dialogue) {
    ssh_callbacks_init(&callbacks_);
    callbacks_.userdata = this;
    callbacks_.channel_exit_status_function = [](ssh_session, ssh_channel, int status, void* self) {
      static_cast<ChannelRun*>(self)->exit_code_ = status;
    };
    callbacks_.channel_exit_signal_function = [](ssh_session, ssh_channel, const char* signal, int, const char*,
                                                 const char*, void* self) {
      static_cast<ChannelRun*>(self)->exit_signal_ = signal == nullptr ? "" : signal;
    };
  }

  base::Task<SshExit> run() {
    const auto waking = wake_on_cancel(link_, cancel_);
    auto starting = start();
    auto exit = co_await std::move(starting);
    if (!exit.started) co_return exit;
    auto following = follow();
    co_await std::move(following);
    co_return result();
  }

 private:
  bool connected() const { return ssh_is_connected(link_->session()) != 0; }

  SshExit not_started(int code) const {
    SshExit exit;
    exit.message = ssh_get_error(link_->session());
    if (cancel_.cancelled()) {
      exit.end = SshExit::End::cancelled;
    } else if (code == SSH_AGAIN) {
      exit.end = SshExit::End::silent;
    } else {
      exit.end = connected() ? SshExit::End::refused : SshExit::End::lost;
    }
    return exit;
  }

  base::Task<SshExit> start() {
    channel_.reset(ssh_channel_new(link_->session()));
    if (!channel_) co_return not_started(SSH_ERROR);
    ssh_set_channel_callbacks(channel_.get(), &callbacks_);
    const SshAlarm alarm(link_, kOpenPatience);
    const auto over = [&] { return alarm.rung() || cancel_.cancelled(); };
    auto opening = until_done(
        *link_, [this] { return ssh_channel_open_session(channel_.get()); }, over);
    int code = co_await std::move(opening);
    if (code != SSH_OK) co_return not_started(code);
    if (command_.pty) {
      auto asking = until_done(
          *link_, [this] { return ssh_channel_request_pty_size(channel_.get(), "vt100", 80, 24); }, over);
      code = co_await std::move(asking);
      if (code != SSH_OK) co_return not_started(code);
    }
    for (const auto& variable : command_.environment) {
      const char* name = variable.first.c_str();
      const char* value = variable.second.c_str();
      auto sending = until_done(
          *link_, [&] { return ssh_channel_request_env(channel_.get(), name, value); }, over);
      code = co_await std::move(sending);
      if (code == SSH_AGAIN || !connected()) co_return not_started(code);
    }
    auto executing = until_done(
        *link_, [this] { return ssh_channel_request_exec(channel_.get(), command_.command.c_str()); }, over);
    code = co_await std::move(executing);
    if (code != SSH_OK) co_return not_started(code);
    SshExit exit;
    exit.started = true;
    co_return exit;
  }

  bool exit_known() const { return exit_code_ || exit_signal_; }

  void read_stream(Stream stream) {
    static thread_local std::array<char, 32 * 1024> buffer;
    for (int i = 0; i < kReadsInARow; ++i) {
      if (output_.full()) return;
      const int size =
          ssh_channel_read_nonblocking(channel_.get(), buffer.data(), buffer.size(), stream == Stream::err ? 1 : 0);
      if (size <= 0) return;
      const std::string_view chunk(buffer.data(), static_cast<std::size_t>(size));
      output_.write(stream, chunk);
      if (dialogue_ != nullptr) type(dialogue_->heard(chunk));
    }
    link_->wake_soon();  // others get their turn
  }

  void type(std::string text) {
    to_type_ += std::move(text);
    if (to_type_.empty()) return;
    const int written = ssh_channel_write(channel_.get(), to_type_.data(), static_cast<std::uint32_t>(to_type_.size()));
    if (written > 0) to_type_.erase(0, static_cast<std::size_t>(written));
  }

  bool all_read() const {
    return ssh_channel_is_eof(channel_.get()) != 0 && ssh_channel_poll(channel_.get(), 0) <= 0 &&
           ssh_channel_poll(channel_.get(), 1) <= 0;
  }

  bool ended() const {
    if (!connected()) return true;
    if (ssh_channel_is_closed(channel_.get()) != 0) return true;  // libssh puts it off until all is read
    if (!all_read()) return false;
    // After the end of the output reading takes in nothing any more; asking for the status does.
    if (!exit_known()) ssh_channel_get_exit_status(channel_.get());
    return exit_known() || !connected() || ssh_channel_is_closed(channel_.get()) != 0;
  }

  // ---- ending it ----

  void kill(SshExit::End why) {
    if (killing_ != 0) return;
    why_ = why;
    killing_ = 1;
    ssh_channel_request_send_signal(channel_.get(), "TERM");
    alarm_.emplace(link_, rules_.grace);
  }

  // True: it was given up.
  bool kill_harder() {
    if (killing_ == 1) {
      killing_ = 2;
      ssh_channel_request_send_signal(channel_.get(), "KILL");
      alarm_.emplace(link_, kAfterKill);
      return false;
    }
    return true;
  }

  void look_for_reasons_to_end() {
    if (cancel_.cancelled()) kill(SshExit::End::cancelled);
    if (limit_ && limit_->rung()) kill(SshExit::End::timed_out);
    if (dialogue_ != nullptr && !dialogue_->failure().empty()) kill(SshExit::End::failed_talk);
  }

  // ---- is it alive? ----

  // False: it has not answered for too long.
  bool check_life() {
    if (rules_.alive_interval.count() <= 0 || !life_ || !life_->rung()) return true;
    if (link_->bytes_in() != last_bytes_) {
      last_bytes_ = link_->bytes_in();
      silences_ = 0;
    } else if (silences_++ >= rules_.alive_count) {
      return false;
    }
    ask_for_life();
    life_.emplace(link_, rules_.alive_interval);
    return true;
  }

  // libssh takes in the answer to the last question with the first call.
  void ask_for_life() {
    ssh_send_keepalive(link_->session());
    ssh_send_keepalive(link_->session());
  }

  void talk() {
    if (dialogue_ == nullptr || dialogue_->over()) return pause_.reset();
    if (!pause_) {
      pause_.emplace(link_, kDialoguePause);
    } else if (pause_->rung()) {
      type(dialogue_->silence());
      pause_.emplace(link_, kDialoguePause);
    }
  }

  base::Task<void> follow() {
    if (command_.timeout.count() > 0) limit_.emplace(link_, command_.timeout);
    if (rules_.alive_interval.count() > 0) life_.emplace(link_, rules_.alive_interval);
    last_bytes_ = link_->bytes_in();
    while (true) {
      read_stream(Stream::out);
      read_stream(Stream::err);
      type({});
      if (ended()) co_return;
      look_for_reasons_to_end();
      if (!check_life()) {
        why_ = SshExit::End::silent;
        co_return;
      }
      talk();
      if (killing_ != 0) {
        if (alarm_->rung() && kill_harder()) co_return;
      } else if (exit_known()) {
        if (!alarm_) alarm_.emplace(link_, rules_.drain);
        if (alarm_->rung() && !output_.full()) co_return;
      }
      co_await link_->wait();
    }
  }

  SshExit result() const {
    SshExit exit;
    exit.started = true;
    if (killing_ != 0 || why_ == SshExit::End::silent) {
      exit.end = why_;
      if (why_ == SshExit::End::failed_talk) exit.message = dialogue_->failure();
      return exit;
    }
    if (exit_code_) {
      exit.end = SshExit::End::exited;
      exit.code = *exit_code_;
    } else if (exit_signal_) {
      exit.end = SshExit::End::signalled;
      exit.signal = *exit_signal_;
    } else {
      exit.message =
          connected() ? "the server closed the channel and gave no exit status" : ssh_get_error(link_->session());
    }
    return exit;
  }

  std::shared_ptr<SshLink> link_;
  const SshCommand& command_;
  const SshRunRules& rules_;
  OutputRelay& output_;
  base::CancelToken cancel_;
  SshDialogue* dialogue_;
  ssh_channel_callbacks_struct callbacks_{};
  SshChannel channel_;
  std::optional<int> exit_code_;
  std::optional<std::string> exit_signal_;
  std::string to_type_;
  std::optional<SshAlarm> alarm_, limit_, life_, pause_;
  int killing_ = 0;  // 1: TERM was sent, 2: KILL
  SshExit::End why_ = SshExit::End::lost;
  std::uint64_t last_bytes_ = 0;
  int silences_ = 0;
};

}  // namespace

base::Task<SshExit> run_in_channel(std::shared_ptr<SshLink> link, const SshCommand& command, const SshRunRules& rules,
                                   OutputRelay& output, base::CancelToken cancel, SshDialogue* dialogue) {
  ChannelRun run(std::move(link), command, rules, output, std::move(cancel), dialogue);
  auto running = run.run();
  co_return co_await std::move(running);
}

}  // namespace qd::node
