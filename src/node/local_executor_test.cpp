#include "node/local_executor.hpp"

#include <filesystem>
#include <fstream>
#include <future>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace qd::node {
namespace {

using namespace std::chrono_literals;

class LocalExecutorTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "executor-" + testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    config_.temp_directory = folder_;
    loop_.start();
  }
  void TearDown() override {
    EXPECT_TRUE(std::filesystem::is_empty(folder_)) << "a temporary file was left";
    std::filesystem::remove_all(folder_);
  }

  template <class Start>
  NodeResult run(Start start) {
    LocalExecutor executor(loop_, pool_, config_);
    const ExecContext ctx{output_, cancel_.token(), {{"RD_JOB_NAME", "it's"}}, {}, "p", "12", {}};
    std::promise<NodeResult> done;
    auto drive = [](base::EventLoop& loop, LocalExecutor& local, const ExecContext& context, Start& begin,
                    std::promise<NodeResult>& end) -> base::Task<void> {
      co_await loop.enter();
      const model::Node node{"localhost", {}, {}};
      auto task = begin(local, context, node);
      auto result = co_await std::move(task);
      end.set_value(std::move(result));
    };
    base::spawn(drive(loop_, executor, ctx, start, done));
    return done.get_future().get();
  }
  NodeResult command(const std::string& text) {
    return run([&](auto& executor, auto& ctx, auto& node) { return executor.execute(ctx, node, text); });
  }
  NodeResult script(const ScriptRun& what) {
    return run([&](auto& executor, auto& ctx, auto& node) { return executor.execute_script(ctx, node, what); });
  }
  static ScriptRun text_script(std::string text, std::vector<std::string> args = {}, std::string interpreter = {}) {
    ScriptRun script;
    script.text = std::move(text);
    script.args = std::move(args);
    script.interpreter = std::move(interpreter);
    return script;
  }

  std::string folder_;
  LocalConfig config_;
  base::EventLoop loop_{"test"};
  base::WorkerPool pool_{"spawn", 4, 1000};
  base::CancelSource cancel_;
  CollectOutput output_;
};

TEST_F(LocalExecutorTest, RunsACommandWithTheEnvironmentOfTheJob) {
  config_.environment = {{"QD_MEMBER", "m1"}};
  const auto result = command("echo \"$RD_JOB_NAME $QD_MEMBER\"; test -n \"$PATH\"");
  EXPECT_TRUE(result.success) << result.message;
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(output_.out, "it's m1\n");
}

TEST_F(LocalExecutorTest, NamesTheReasonOfAFailure) {
  const auto failed = command("exit 3");
  EXPECT_FALSE(failed.success);
  EXPECT_EQ(failed.exit_code, 3);
  EXPECT_EQ(failed.failure_reason, "NonZeroResultCode");
  EXPECT_EQ(failed.message, "Result code was 3");
  EXPECT_EQ(command("kill -9 $$").message, "Result code was 137");
  config_.temp_directory = "/nowhere";
  const auto unwritable = script(text_script("echo"));
  EXPECT_EQ(unwritable.failure_reason, "IOFailure");
  EXPECT_NE(unwritable.message.find("/nowhere/12-"), std::string::npos) << unwritable.message;
}

TEST_F(LocalExecutorTest, CancelInterrupts) {
  loop_.after(50ms, [this] { cancel_.cancel("aborted by bob"); });
  const auto result = script(text_script("sleep 60"));
  EXPECT_FALSE(result.success);
  EXPECT_EQ(result.failure_reason, "Interrupted");
  EXPECT_EQ(result.message, "Interrupted: aborted by bob");
}

TEST_F(LocalExecutorTest, RunsAScriptWithAndWithoutShebang) {
  EXPECT_TRUE(script(text_script("#!/bin/sh\necho \"$1|$2|$#\"\n", {"a b", "$(id) 'x'"})).success);
  EXPECT_EQ(output_.out, "a b|$(id) 'x'|2\n");
  EXPECT_EQ(script(text_script("echo plain; exit 4")).exit_code, 4);
  EXPECT_TRUE(output_.out.ends_with("plain\n"));
}

TEST_F(LocalExecutorTest, ConvertsLineEndingsAndNamesTheFile) {
  auto windows = text_script("#!/bin/sh\r\necho ok\r\necho ${0##*.} ${0%/*}\r\nstat -c %a $0");
  windows.file_extension = ".mine";
  EXPECT_TRUE(script(windows).success);
  EXPECT_EQ(output_.out, "ok\nmine " + folder_ + "\n700\n");
}

TEST_F(LocalExecutorTest, UsesTheInterpreter) {
  EXPECT_TRUE(script(text_script("echo \"$0 $1\" | sed s,.*/12-.*-dispatch,dispatch,", {"x y"}, "/bin/sh -e")).success);
  EXPECT_EQ(output_.out, "dispatch-script.sh x y\n");
}

TEST_F(LocalExecutorTest, QuotesFileAndArgumentsAsOneWord) {
  auto quoted = text_script("printf '<%s>' \"$@\"", {"a", "b c", "d'e"}, "/bin/sh -c");
  quoted.interpreter_args_quoted = true;
  EXPECT_TRUE(script(quoted).success) << output_.err;
  EXPECT_EQ(output_.out, "<a><b c><d'e>");
}

TEST_F(LocalExecutorTest, RunsAScriptFileThatIsNotExecutable) {
  const std::string path = testing::TempDir() + "plain-script";
  std::ofstream(path) << "echo from file $1";
  ScriptRun file;
  file.path = path;
  file.args = {"arg"};
  EXPECT_TRUE(script(file).success);
  EXPECT_EQ(output_.out, "from file arg\n");
  std::filesystem::remove(path);
  const auto missing = script(file);
  EXPECT_EQ(missing.failure_reason, "IOFailure");
  EXPECT_NE(missing.message.find(path), std::string::npos);
  file.path = "/dev/zero";
  EXPECT_EQ(script(file).failure_reason, "IOFailure");
}

TEST(ScriptCommand, FollowsTheRules) {
  ScriptRun script;
  EXPECT_EQ(script_command(script, "/t/x.sh"), "/t/x.sh");
  script.args = {"a", "b c"};
  EXPECT_EQ(script_command(script, "/t/x y.sh"), "'/t/x y.sh' a 'b c'");
  script.interpreter = "sudo -u \"the user\" $HOME/bash";
  EXPECT_EQ(script_command(script, "/t/x.sh"), "sudo -u 'the user' $HOME/bash /t/x.sh a 'b c'");
  script.interpreter = "run --file=${scriptfile} --";
  EXPECT_EQ(script_command(script, "/t/x.sh"), "run --file=/t/x.sh -- a 'b c'");
  script.args.clear();
  script.interpreter_args_quoted = true;
  EXPECT_EQ(script_command(script, "/t/x.sh"), "run --file=/t/x.sh --");
}

TEST_F(LocalExecutorTest, ManyScriptsAtOnceNeverFindTheirFileBusy) {
  std::vector<std::promise<NodeResult>> done(60);
  LocalExecutor executor(loop_, pool_, config_);
  const ExecContext ctx{output_, {}, {}, {}, "p", "12", {}};
  const model::Node node{"localhost", {}, {}};
  const auto one = [](base::EventLoop& loop, LocalExecutor& local, const ExecContext& context, const model::Node& on,
                      std::promise<NodeResult>& end) -> base::Task<void> {
    co_await loop.enter();
    ScriptRun what;
    what.text = "#!/bin/true\n";
    auto result = co_await local.execute_script(context, on, what);
    end.set_value(std::move(result));
  };
  for (auto& end : done) base::spawn(one(loop_, executor, ctx, node, end));
  for (auto& end : done) EXPECT_EQ(end.get_future().get().message, "");
  EXPECT_EQ(output_.err, "");
}

}  // namespace
}  // namespace qd::node
