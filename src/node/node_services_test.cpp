#include "node/node_services.hpp"

#include <future>
#include <gtest/gtest.h>

#include "node/stub_executor.hpp"

namespace qd::node {
namespace {

// Notes what it is asked to do.
class NotedExecutor final : public NodeExecutor {
 public:
  explicit NotedExecutor(std::string name) : name_(std::move(name)) {}
  base::Task<NodeResult> execute(const ExecContext& ctx, const model::Node&, std::string command) override {
    ctx.output.write(Stream::out, name_ + ": " + command + "\n");
    co_return command == "fail" ? NodeResult::failure(reason::io, "it failed") : NodeResult::ok();
  }
  base::Task<NodeResult> execute_script(const ExecContext& ctx, const model::Node&, ScriptRun script) override {
    ctx.output.write(Stream::out, name_ + " script: " + script.text + "\n");
    co_return NodeResult::ok();
  }

 private:
  std::string name_;
};

class NotedCopier final : public FileCopier {
 public:
  explicit NotedCopier(bool whole) : whole_(whole) {}
  base::Task<Result<std::string>> copy_content(const ExecContext& ctx, const model::Node&, std::string content,
                                               std::string, std::string) override {
    ctx.output.write(Stream::out, "copy: " + content + "\n");
    if (content == "bad") co_return fail(ErrorKind::unavailable, "no room", reason::connection);
    co_return "/there";
  }
  base::Task<Result<>> remove(const ExecContext& ctx, const model::Node&, std::string path) override {
    ctx.output.write(Stream::out, "remove: " + path + "\n");
    co_return Result<>();
  }
  bool self_sufficient() const override { return whole_; }

 private:
  bool whole_;
};

class NodeServicesTest : public testing::Test {
 protected:
  void SetUp() override {
    loop_.start();
    using Scripts = NodeServices::Scripts;
    services_.add_executor("local", local_, Scripts::by_executor);
    services_.add_executor("sshj-ssh", ssh_, Scripts::by_copier, &own_);
    services_.add_executor("other", other_, Scripts::by_copier);
    services_.add_executor("stub", stub_, Scripts::by_executor);
    services_.add_copier("sshj-scp", own_);
    services_.add_copier("plain", plain_);
  }

  std::string run(const model::Node& node, const std::string& command, const std::string& script = "") {
    CollectOutput output;
    ExecContext ctx{output, {}, {}, {}, "p", "1"};
    ctx.settings = &settings_;
    std::promise<NodeResult> end;
    auto driving = [](base::EventLoop& loop, NodeServices& services, const ExecContext& given, const model::Node& where,
                      std::string line, std::string text, std::promise<NodeResult>& done) -> base::Task<void> {
      co_await loop.enter();
      base::Task<NodeResult> task;
      if (text.empty()) {
        task = services.execute(given, where, line);
      } else {
        ScriptRun run;
        run.text = text;
        task = services.execute_script(given, where, std::move(run));
      }
      auto result = co_await std::move(task);
      done.set_value(std::move(result));
    };
    base::spawn(driving(loop_, services_, ctx, node, command, script, end));
    const auto result = end.get_future().get();
    return output.out + (result.success ? "" : result.failure_reason + ": " + result.message);
  }
  static model::Node node(std::map<std::string, std::string> attributes) { return {"n", std::move(attributes), {}}; }

  base::EventLoop loop_{"test"};
  base::WorkerPool pool_{"test", 2, 100};
  NotedExecutor local_{"local"}, ssh_{"ssh"}, other_{"other"}, found_{"found"};
  StubExecutor stub_;
  NotedCopier own_{true}, plain_{false};
  NodeServices services_{loop_, pool_, "server"};
  std::map<std::string, std::string> settings_;
};

TEST_F(NodeServicesTest, ChoosesTheExecutor) {
  EXPECT_EQ(run({"server", {}, {}}, "x"), "local: x\n");
  EXPECT_EQ(run(node({}), "x"), "ssh: x\n");
  EXPECT_EQ(run(node({{"node-executor", "local"}}), "x"), "local: x\n");
  EXPECT_EQ(run({"server", {{"node-executor", "other"}}, {}}, "x"), "local: x\n") << "it has a name of its own";
  EXPECT_EQ(run({"server", {{"local-node-executor", "other"}}, {}}, "x"), "other: x\n");
  settings_ = {{"service.NodeExecutor.default.provider", "other"}};
  EXPECT_EQ(run(node({}), "x"), "other: x\n");
  EXPECT_EQ(run(node({{"node-executor", "sshj-ssh"}}), "x"), "ssh: x\n");
  EXPECT_EQ(run({"server", {}, {}}, "x"), "local: x\n");
  settings_["service.NodeExecutor.default.local.provider"] = "other";
  EXPECT_EQ(run({"server", {}, {}}, "x"), "other: x\n");
  const auto unknown = run(node({{"node-executor", "pigeon"}}), "x");
  EXPECT_EQ(unknown,
            "ConfigurationFailure: Node n: there is no node executor 'pigeon' on this server. There are: local, other, "
            "sshj-ssh, stub.");
}

TEST_F(NodeServicesTest, AsksForProvidersThatComeAndGo) {
  services_.set_finders(
      [this](const std::string& project, const std::string& name) -> NodeExecutor* {
        return project == "p" && name == "plugin" ? &found_ : nullptr;
      },
      {});
  EXPECT_EQ(run(node({{"node-executor", "plugin"}}), "x"), "found: x\n");
  EXPECT_EQ(run(node({{"node-executor", "plugin"}, {"file-copier", "plain"}}), "", "text"),
            "copy: text\nfound: chmod +x /there\nfound: /there\nfound: rm -f /there\n");
  EXPECT_NE(run(node({{"node-executor", "none"}}), "x").find("no node executor 'none'"), std::string::npos);
}

TEST_F(NodeServicesTest, BringsScriptsByTheCopier) {
  EXPECT_EQ(run({"server", {}, {}}, "", "text"), "local script: text\n");
  EXPECT_EQ(run(node({}), "", "text"), "ssh script: text\n") << "its own copier";
  EXPECT_EQ(run(node({{"node-executor", "other"}}), "", "text"), "copy: text\nother: /there\nremove: /there\n");
  EXPECT_EQ(run(node({{"file-copier", "plain"}}), "", "a\r\nb"),
            "copy: a\nb\nssh: chmod +x /there\nssh: /there\nssh: rm -f /there\n");
  EXPECT_EQ(run(node({{"node-executor", "other"}}), "", "bad"), "copy: bad\nConnectionFailure: no room");
  EXPECT_EQ(run(node({{"node-executor", "stub"}, {"file-copier", "none"}}), "", "text"),
            "[stub] execute script [1 lines] on node n: \n");
  EXPECT_NE(run(node({{"node-executor", "other"}, {"file-copier", "none"}}), "", "text").find("no file copier 'none'"),
            std::string::npos);
}

}  // namespace
}  // namespace qd::node
