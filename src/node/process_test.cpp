#include "node/process.hpp"

#include <atomic>
#include <csignal>
#include <deque>
#include <fstream>
#include <future>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "base/task_group.hpp"
#include "base/text.hpp"
#include "node/process_tree.hpp"

namespace qd::node {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

std::vector<std::string> shell(std::string command) {
  return {"/bin/sh", "-c", std::move(command)};
}

bool alive(pid_t pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(stat, text);
  return !text.empty() && text.find(") Z ") == std::string::npos;
}

// True as soon as `condition` holds, false after 10 s.
template <class Condition>
bool eventually(Condition condition) {
  const auto deadline = Clock::now() + 10s;
  while (!condition()) {
    if (Clock::now() > deadline) return false;
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

// Cancels as soon as the output holds `word`.
class CancelAt final : public OutputSink {
 public:
  CancelAt(base::CancelSource& source, std::string word) : source_(source), word_(std::move(word)) {}
  void write(Stream, std::string_view chunk) override {
    text += chunk;
    if (text.find(word_) != std::string::npos) source_.cancel("test");
  }
  std::vector<pid_t> numbers() const {
    std::vector<pid_t> result;
    for (const auto& word : base::split_trimmed(base::replace_all(text, "\n", " "), ' ')) {
      if (const auto number = base::parse_int(word)) result.push_back(static_cast<pid_t>(*number));
    }
    return result;
  }
  std::string text;

 private:
  base::CancelSource& source_;
  std::string word_;
};

class ProcessTest : public testing::Test {
 protected:
  void SetUp() override {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    loop_.start();
  }
  void TearDown() override {
    EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1) << "a child was left";
    EXPECT_EQ(errno, ECHILD);
  }

  ProcessResult run(ProcessSpec spec, OutputSink& output, base::CancelToken cancel = {}) {
    if (spec.environment.empty()) spec.environment = merged_environment({});
    std::promise<ProcessResult> done;
    auto drive = [](base::EventLoop& loop, base::WorkerPool& pool, const ProcessSpec& what, OutputSink& sink,
                    base::CancelToken token, std::promise<ProcessResult>& end) -> base::Task<void> {
      co_await loop.enter();
      auto result = co_await run_process(loop, pool, what, sink, std::move(token));
      EXPECT_TRUE(loop.in_loop());
      end.set_value(std::move(result));
    };
    base::spawn(drive(loop_, pool_, spec, output, std::move(cancel), done));
    return done.get_future().get();
  }

  ProcessResult run_shell(const std::string& command, OutputSink& output, base::CancelToken cancel = {}) {
    ProcessSpec spec;
    spec.argv = shell(command);
    return run(std::move(spec), output, std::move(cancel));
  }

  base::EventLoop loop_{"test"};
  base::WorkerPool pool_{"spawn", 4, 10'000};
};

TEST_F(ProcessTest, GivesOutputAndExitCodeExactly) {
  CollectOutput output;
  const auto result = run_shell("printf 'a\\nb\\0c'; printf err >&2; exit 3", output);
  EXPECT_EQ(result.end, ProcessResult::End::exited);
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_FALSE(result.cancelled);
  EXPECT_FALSE(result.succeeded());
  EXPECT_EQ(output.out, std::string("a\nb\0c", 5));
  EXPECT_EQ(output.err, "err");
}

TEST_F(ProcessTest, PassesLargeOutputByteByByte) {
  CollectOutput output(64u << 20);
  const auto result = run_shell("head -c 20000000 /dev/zero | tr '\\0' x; printf end", output);
  EXPECT_TRUE(result.succeeded());
  ASSERT_EQ(output.out.size(), 20'000'003u);
  EXPECT_EQ(output.out.find_first_not_of('x'), 20'000'000u);
}

TEST_F(ProcessTest, SaysWhyAProgramCannotStart) {
  CollectOutput output;
  ProcessSpec spec;
  spec.argv = {"/nowhere/program"};
  const auto missing = run(spec, output);
  EXPECT_EQ(missing.end, ProcessResult::End::not_started);
  EXPECT_EQ(missing.error, "Cannot run /nowhere/program: No such file or directory");
  spec.argv = shell("true");
  spec.working_directory = "/nowhere";
  EXPECT_NE(run(spec, output).error.find("in folder /nowhere"), std::string::npos);
  spec.argv.clear();
  EXPECT_EQ(run(spec, output).end, ProcessResult::End::not_started);
}

TEST_F(ProcessTest, SaysWhatMadeTheArgumentsTooLong) {
  CollectOutput output;
  ProcessSpec spec;
  spec.argv = shell("true");
  spec.environment = {"SMALL=x", "BIG=" + std::string(131'068, 'x')};
  EXPECT_EQ(run(spec, output).error,
            "Cannot run /bin/sh: Argument list too long: variable BIG has 131072 bytes, the most for one is 131071. "
            "Hand big values over in a file");
  spec.environment[1].pop_back();
  EXPECT_TRUE(run(spec, output).succeeded());
  spec.argv.push_back(std::string(200'000, 'x'));
  EXPECT_NE(run(spec, output).error.find(": an argument has 200000 bytes"), std::string::npos);
  spec.argv.assign(100'000, std::string(100, 'x'));
  spec.argv.front() = "/bin/true";
  EXPECT_NE(run(spec, output).error.find(": arguments and environment have 10"), std::string::npos);
}

TEST_F(ProcessTest, UsesEnvironmentFolderAndInput) {
  CollectOutput output;
  ProcessSpec spec;
  spec.argv = shell("echo \"$RD_X\"; pwd; cat");
  spec.environment = merged_environment({{"RD_X", "a 'b' $c"}, {"BAD=NAME", "x"}, {"NUL", std::string("a\0b", 3)}});
  spec.working_directory = "/usr";
  spec.input = std::string(200'000, 'i');
  EXPECT_TRUE(run(spec, output).succeeded());
  EXPECT_EQ(output.out, "a 'b' $c\n/usr\n" + *spec.input);
  for (const auto& entry : spec.environment)
    EXPECT_FALSE(entry.starts_with("BAD") || entry.starts_with("NUL=")) << entry;
}

TEST_F(ProcessTest, WithoutInputStandardInputIsEmpty) {
  CollectOutput output;
  EXPECT_TRUE(run_shell("cat; echo done", output).succeeded());
  EXPECT_EQ(output.out, "done\n");
}

TEST_F(ProcessTest, TheChildHasItsOwnSessionAndNothingOfOurs) {
  int leak[2];
  ASSERT_EQ(pipe(leak), 0);  // without close-on-exec, on purpose
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGUSR1);
  CollectOutput output;
  EXPECT_TRUE(run_shell("set -- $(cat /proc/self/stat); echo $$ $6; ls -m /proc/self/fd; "
                        "exec sed -nE 's/Sig(Blk|Ign):.//p' /proc/self/status",
                        output)
                  .succeeded());
  close(leak[0]);
  close(leak[1]);
  const auto lines = base::split(output.out, '\n');
  ASSERT_EQ(lines.size(), 5u) << output.out;
  const auto words = base::split(lines[0], ' ');
  EXPECT_EQ(words[0], words[1]) << "the shell leads its session";
  EXPECT_EQ(lines[1], "0, 1, 2, 3") << "3 is the folder that ls reads";
  const auto ordinary_signals = [](const std::string& mask) { return std::stoull(mask, nullptr, 16) & 0x7fffffff; };
  EXPECT_EQ(ordinary_signals(lines[2]), 0u) << "blocked";
  EXPECT_EQ(ordinary_signals(lines[3]), 0u) << "ignored";
}

TEST_F(ProcessTest, ReportsSignals) {
  CollectOutput output;
  const auto result = run_shell("kill -9 $$", output);
  EXPECT_EQ(result.end, ProcessResult::End::signalled);
  EXPECT_EQ(result.signal, SIGKILL);
  EXPECT_FALSE(result.cancelled);
}

TEST_F(ProcessTest, ABackgroundChildThatHoldsTheOutputDelaysOnlyByTheDrainTime) {
  CollectOutput output;
  ProcessSpec spec;
  spec.argv = shell("sleep 60 & echo $!; echo before; exit 4");
  spec.drain = Millis{100};
  const auto start = Clock::now();
  const auto result = run(spec, output);
  EXPECT_LT(Clock::now() - start, 20s);
  EXPECT_TRUE(result.output_held);
  EXPECT_EQ(result.exit_code, 4);
  const auto lines = base::split(output.out, '\n');
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[1], "before");
  const auto background = static_cast<pid_t>(base::parse_int(lines[0]).value());
  EXPECT_TRUE(alive(background)) << "a process that was put into the background on purpose goes on";
  kill(background, SIGKILL);
}

TEST_F(ProcessTest, WaitsForABackgroundChildThatEndsInTime) {
  CollectOutput output;
  ProcessSpec spec;
  spec.argv = shell("(sleep 0.1; echo late) & echo early");
  spec.drain = Millis{20'000};
  const auto result = run(spec, output);
  EXPECT_FALSE(result.output_held);
  EXPECT_EQ(output.out, "early\nlate\n");
}

TEST_F(ProcessTest, CancelEndsTheWholeTree) {
  base::CancelSource source;
  CancelAt output(source, "ready");
  // A child, a grandchild, one in another session, and one whose output goes elsewhere.
  const auto result = run_shell(
      "sleep 61 & echo $!; sh -c 'sleep 62 & echo $!; wait' & "
      "setsid sh -c 'echo $$; sleep 63 >/dev/null 2>&1 & echo $!; wait' & echo $!; "
      "sleep 64 >/dev/null 2>&1 & echo $!; sleep 0.3; echo $$; echo ready; wait",
      output, source.token());
  EXPECT_TRUE(result.cancelled);
  EXPECT_EQ(result.end, ProcessResult::End::signalled);
  EXPECT_EQ(result.signal, SIGTERM);
  const auto pids = output.numbers();
  ASSERT_GE(pids.size(), 6u) << output.text;
  for (const auto pid : pids) EXPECT_TRUE(eventually([&] { return !alive(pid); })) << pid << "\n" << output.text;
}

TEST_F(ProcessTest, CancelKillsWhatIgnoresTerm) {
  base::CancelSource source;
  CancelAt output(source, "ready");
  ProcessSpec spec;
  spec.argv = shell("trap '' TERM; sleep 60 & echo $!; echo ready; wait; sleep 60");
  spec.grace = Millis{200};
  const auto start = Clock::now();
  const auto result = run(spec, output, source.token());
  EXPECT_GE(Clock::now() - start, 200ms);
  EXPECT_LT(Clock::now() - start, 20s);
  EXPECT_TRUE(result.cancelled);
  EXPECT_EQ(result.signal, SIGKILL);
  for (const auto pid : output.numbers()) EXPECT_TRUE(eventually([&] { return !alive(pid); }));
}

TEST_F(ProcessTest, CancelLeavesTheGraceToChildrenOfADeadLeader) {
  base::CancelSource source;
  CancelAt output(source, "ready");
  ProcessSpec spec;
  // The leader dies of TERM at once; its child cleans up first, its output already closed.
  spec.argv = shell(
      "sh -c 'trap \"sleep 0.3; touch $0.done; exit\" TERM; echo ready; exec >/dev/null 2>&1; while :; do sleep 0.05; "
      "done' " +
      testing::TempDir() + "grace; true");
  spec.grace = Millis{10'000};
  const std::string mark = testing::TempDir() + "grace.done";
  unlink(mark.c_str());
  EXPECT_TRUE(run(spec, output, source.token()).cancelled);
  EXPECT_EQ(unlink(mark.c_str()), 0) << "it was killed before it had cleaned up";
}

TEST_F(ProcessTest, CancelledBeforeTheStartNothingRuns) {
  base::CancelSource source;
  source.cancel("early");
  CollectOutput output;
  const auto result = run_shell("echo ran", output, source.token());
  EXPECT_TRUE(result.cancelled);
  EXPECT_EQ(result.end, ProcessResult::End::not_started);
  EXPECT_EQ(output.out, "");
}

// Takes a little, then says that it is full until asked to go on.
class SlowSink final : public OutputSink {
 public:
  explicit SlowSink(base::EventLoop& loop) : loop_(loop) {}
  void write(Stream, std::string_view chunk) override {
    EXPECT_FALSE(full_);
    bytes += chunk.size();
    full_ = true;
  }
  bool full() const override { return full_; }
  void when_ready(std::function<void()> ready) override {
    ++pauses;
    loop_.after(Millis{1}, [this, ready = std::move(ready)] {
      full_ = false;
      ready();
    });
  }
  std::size_t bytes = 0;
  int pauses = 0;

 private:
  base::EventLoop& loop_;
  bool full_ = false;
};

TEST_F(ProcessTest, WaitsForAFullSinkAndLosesNothing) {
  SlowSink output(loop_);
  ProcessSpec spec;
  spec.argv = shell("head -c 3000000 /dev/zero");
  spec.drain = Millis{1};  // the process ends long before its output is taken
  const auto result = run(spec, output);
  EXPECT_EQ(output.bytes, 3'000'000u);
  EXPECT_GT(output.pauses, 10);
  EXPECT_TRUE(result.succeeded());
}

TEST_F(ProcessTest, RunsManyAtOnce) {
  std::atomic<int> right{0};
  std::promise<void> done;
  const auto one = [](base::EventLoop& loop, base::WorkerPool& pool, int id,
                      std::atomic<int>& count) -> base::Task<void> {
    ProcessSpec spec;
    spec.argv = shell("sleep 0.2; printf 'line of " + std::to_string(id) + "'; exit " + std::to_string(id % 7));
    spec.environment = merged_environment({});
    CollectOutput output;
    const auto result = co_await run_process(loop, pool, spec, output, {});
    if (result.exit_code == id % 7 && output.out == "line of " + std::to_string(id)) ++count;
  };
  auto drive = [one](base::EventLoop& loop, base::WorkerPool& pool, std::atomic<int>& count,
                     std::promise<void>& end) -> base::Task<void> {
    const auto start = one;
    co_await loop.enter();
    base::TaskGroup group(loop, 300);
    for (int i = 0; i < 300; ++i) group.add(start(loop, pool, i, count));
    co_await group.join();
    end.set_value();
  };
  base::spawn(drive(loop_, pool_, right, done));
  done.get_future().get();
  EXPECT_EQ(right, 300);
}

TEST(ProcessTree, KnowsProcessesWithOddNames) {
  const auto table = process_table(Clock::now());
  bool found = false;
  for (const auto& process : *table) found = found || (process.pid == getpid() && process.parent == getppid());
  EXPECT_TRUE(found);
}

TEST(ProcessTree, FindsDescendantsInAnyOrder) {
  const ProcessTable table = {{5, 4, 5, 5, false, 1},
                              {4, 3, 3, 3, false, 1},
                              {3, 1, 3, 3, true, 1},
                              {6, 1, 3, 3, false, 1},
                              {7, 1, 7, 7, false, 1}};
  std::vector<pid_t> pids;
  for (const auto& process : members_of(table, 3)) pids.push_back(process.pid);
  EXPECT_EQ(pids, (std::vector<pid_t>{5, 4, 6}));
}

}  // namespace
}  // namespace qd::node
