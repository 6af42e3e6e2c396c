#include "node/process.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <memory>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "base/async_event.hpp"
#include "node/process_tree.hpp"
#include "node/spawn.hpp"

namespace qd::node {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr Millis rescan_pause{50};
constexpr int rescans_after_kill = 40;   // of a group that forks as fast as it is killed
constexpr Millis kill_patience{10'000};  // a process in an uninterruptible call ends when the kernel lets it
constexpr int reads_in_a_row = 16;       // then others get their turn

// Watches one spawned process. Lives on the loop's thread; kept alive by its own waits.
class ProcessRun : public std::enable_shared_from_this<ProcessRun> {
 public:
  ProcessRun(base::EventLoop& loop, base::WorkerPool& pool, const ProcessSpec& spec, OutputSink& output,
             Spawned process)
      : loop_(loop),
        pool_(pool),
        grace_(spec.grace),
        drain_(spec.drain),
        output_(&output),
        pid_(process.pid),
        exit_{std::move(process.pidfd)},
        pipes_{Watched{std::move(process.out)}, Watched{std::move(process.err)}},
        exited_(loop),
        done_(loop) {}

  base::Task<ProcessResult> run(const base::CancelToken& cancel) {
    // The ends of the output first: what was written is then read before the exit is seen.
    const bool watched = watch(pipes_[0], [self = shared_from_this()] { self->read_output(Stream::out); }) &&
                         watch(pipes_[1], [self = shared_from_this()] { self->read_output(Stream::err); }) &&
                         watch(exit_, [self = shared_from_this()] { self->on_exit(); });
    if (!watched) give_up();
    const auto weak = weak_from_this();
    const auto registration = cancel.on_cancel([weak, &loop = loop_] {
      loop.post([weak] {
        if (const auto self = weak.lock()) self->on_cancel();
      });
    });
    co_await done_.wait();
    co_return result_;
  }

 private:
  struct Watched {
    Fd fd;
    base::EventLoop::WatchId watch = 0;
  };

  bool watch(Watched& what, base::EventLoop::Callback ready) {
    what.watch = loop_.watch(what.fd.get(), std::move(ready));
    return what.watch != 0;
  }
  void close(Watched& what) {
    loop_.unwatch(std::exchange(what.watch, 0));
    what.fd = Fd();
  }
  Watched& pipe(Stream stream) { return pipes_[stream == Stream::out ? 0 : 1]; }
  bool& paused(Stream stream) { return paused_[stream == Stream::out ? 0 : 1]; }

  // The kernel has no room for another watch.
  void give_up() {
    result_.error = "Cannot watch the command, which was ended: " + std::system_category().message(errno);
    kill(-pid_, SIGKILL);
    ended_ = true;
    finish();
    result_.end = ProcessResult::End::not_started;
  }

  // ---- output ----

  void read_output(Stream stream) {
    for (int i = 0; i < reads_in_a_row; ++i) {
      if (output_ == nullptr || !pipe(stream).fd || paused(stream)) return;
      if (output_->full()) return pause(stream);
      switch (read_once(stream)) {
        case ReadOutcome::data:
          break;
        case ReadOutcome::nothing_yet:
          return;
        case ReadOutcome::end:
          return close_output(stream);
      }
    }
    loop_.post([self = shared_from_this(), stream] { self->read_output(stream); });
  }

  enum class ReadOutcome { data, nothing_yet, end };

  ReadOutcome read_once(Stream stream) {
    static thread_local std::array<char, 64 * 1024> buffer;
    while (true) {
      const auto size = read(pipe(stream).fd.get(), buffer.data(), buffer.size());
      if (size > 0) {
        output_->write(stream, {buffer.data(), static_cast<std::size_t>(size)});
        return ReadOutcome::data;
      }
      if (size < 0 && errno == EINTR) continue;
      if (size < 0 && errno == EAGAIN) return ReadOutcome::nothing_yet;
      return ReadOutcome::end;
    }
  }

  void pause(Stream stream) {
    paused(stream) = true;
    output_->when_ready([weak = weak_from_this(), stream] {
      const auto self = weak.lock();
      if (!self) return;
      self->paused(stream) = false;
      self->read_output(stream);
    });
  }

  void close_output(Stream stream) {
    close(pipe(stream));
    finish_if_over();
  }

  bool output_open() const { return pipes_[0].fd || pipes_[1].fd; }

  // ---- the end of the process ----

  void on_exit() {
    ended_ = true;
    exited_.set();
    if (finished_) return reap();  // given up before
    finish_if_over();
    if (!finished_ && !ending_tree_) await_drain();
  }

  void finish_if_over() {
    if (ended_ && !ending_tree_ && !output_open()) finish();
  }

  // Something in the background holds the output.
  void await_drain() {
    drain_timer_ = loop_.after(drain_, [self = shared_from_this()] {
      if (self->finished_) return;
      if (self->paused_[0] || self->paused_[1]) return self->await_drain();
      self->read_what_is_there(Stream::out);
      self->read_what_is_there(Stream::err);
      self->result_.output_held = self->output_open();
      self->finish();
    });
  }

  void read_what_is_there(Stream stream) {
    for (int i = 0; i < reads_in_a_row && pipe(stream).fd; ++i) {
      if (read_once(stream) != ReadOutcome::data) return;
    }
  }

  void reap() {
    siginfo_t info{};
    while (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED) != 0 && errno == EINTR) {
    }
    if (info.si_code == CLD_EXITED) {
      result_.end = ProcessResult::End::exited;
      result_.exit_code = info.si_status;
    } else {
      result_.end = ProcessResult::End::signalled;
      result_.signal = info.si_status;
    }
    close(exit_);
  }

  void finish() {
    if (std::exchange(finished_, true)) return;
    loop_.cancel(drain_timer_);
    for (auto& pipe : pipes_) close(pipe);
    output_ = nullptr;
    if (ended_) {
      reap();
    } else {
      result_.end = ProcessResult::End::signalled;
      result_.signal = SIGKILL;
      result_.error =
          "Process " + std::to_string(pid_) + " did not end after it was killed; it is stuck in the kernel.";
    }
    done_.set();
  }

  // ---- cancelling ----

  void on_cancel() {
    if (finished_ || ended_) return;
    result_.cancelled = true;
    ending_tree_ = true;
    base::spawn(end_tree(shared_from_this()));
  }

  static base::Task<void> end_tree(std::shared_ptr<ProcessRun> self) {
    const auto deadline = std::chrono::steady_clock::now() + self->grace_;
    auto members = co_await self->find_members();  // before TERM: an orphan is no longer found below its parent
    kill(-self->pid_, SIGTERM);
    signal_each(outside_group(members, self->pid_), SIGTERM);
    co_await self->exited_.wait_for(self->grace_);

    members = co_await self->find_members();
    while (!members.empty() && std::chrono::steady_clock::now() < deadline) {
      co_await self->loop_.sleep(rescan_pause);
      members = co_await self->find_members();
    }
    // The leader is not reaped yet, so the group's number is still its own.
    for (int i = 0; i < rescans_after_kill && !members.empty(); ++i) {
      kill(-self->pid_, SIGKILL);
      signal_each(members, SIGKILL);
      co_await self->loop_.sleep(Millis{i == 0 ? 1 : rescan_pause.count()});
      members = co_await self->find_members();
    }
    kill(-self->pid_, SIGKILL);
    const bool ended = co_await self->exited_.wait_for(kill_patience);
    self->ending_tree_ = false;
    if (!ended) co_return self->finish();
    self->finish_if_over();
    if (!self->finished_) self->await_drain();
  }

  // Live members, those that were seen before and have since lost their parent included.
  base::Task<std::vector<ProcessInfo>> find_members() {
    const pid_t leader = pid_;
    const auto now = std::chrono::steady_clock::now();
    auto work = [leader, now, known = std::move(known_)] {
      const auto table = process_table(now);
      auto members = members_of(*table, leader);
      for (const auto& old : known) {
        for (const auto& process : *table) {
          const bool same = process.pid == old.pid && process.started == old.started && !process.zombie;
          if (same && std::find(members.begin(), members.end(), process) == members.end()) members.push_back(process);
        }
      }
      return members;
    };
    known_ = co_await base::run_on(pool_, loop_, std::move(work));
    co_return known_;
  }

  static std::vector<ProcessInfo> outside_group(const std::vector<ProcessInfo>& members, pid_t group) {
    std::vector<ProcessInfo> others;
    for (const auto& member : members) {
      if (member.group != group) others.push_back(member);
    }
    return others;
  }

  base::EventLoop& loop_;
  base::WorkerPool& pool_;
  const Millis grace_;
  const Millis drain_;
  OutputSink* output_;  // null once finished
  const pid_t pid_;
  Watched exit_;
  std::array<Watched, 2> pipes_;
  std::array<bool, 2> paused_{};
  base::EventLoop::TimerId drain_timer_ = 0;
  bool ended_ = false;        // the leader is a zombie that waits for reap()
  bool ending_tree_ = false;  // cancelled, and members of the group may still live
  bool finished_ = false;
  std::vector<ProcessInfo> known_;
  base::AsyncEvent exited_;
  base::AsyncEvent done_;
  ProcessResult result_;
};

}  // namespace

base::Task<ProcessResult> run_process(base::EventLoop& loop, base::WorkerPool& pool, const ProcessSpec& spec,
                                      OutputSink& output, base::CancelToken cancel) {
  ProcessResult not_started;
  if (cancel.cancelled()) {
    not_started.cancelled = true;
    not_started.error = "It was cancelled before it started.";
    co_return not_started;
  }
  auto spawned = co_await base::run_on(pool, loop, [&spec] { return spawn_process(spec); });
  if (!spawned) {
    not_started.error = spawned.error().message;
    co_return not_started;
  }
  const auto run = std::make_shared<ProcessRun>(loop, pool, spec, output, std::move(*spawned));
  auto running = run->run(cancel);
  co_return co_await std::move(running);
}

std::vector<std::string> merged_environment(const std::map<std::string, std::string>& changes,
                                            const std::map<std::string, std::string>& more) {
  std::vector<std::string> merged;
  merged.reserve(64 + changes.size() + more.size());
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::string name(text.substr(0, text.find('=')));
    if (!changes.contains(name) && !more.contains(name)) merged.emplace_back(text);
  }
  const auto add = [&merged](const std::string& name, const std::string& value) {
    const bool possible = !name.empty() && name.find_first_of(std::string_view("=\0", 2)) == std::string::npos &&
                          value.find('\0') == std::string::npos;
    if (!possible) return;
    auto& entry = merged.emplace_back();
    entry.reserve(name.size() + value.size() + 1);
    entry.append(name).append(1, '=').append(value);
  };
  for (const auto& [name, value] : changes) {
    if (!more.contains(name)) add(name, value);
  }
  for (const auto& [name, value] : more) add(name, value);
  return merged;
}

}  // namespace qd::node
