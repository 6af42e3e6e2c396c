// Strategies, error handlers, keepgoing and what the log and the state say about them.
#include "engine/engine_fixture_testing.hpp"

namespace qd::engine {
namespace {

class WorkflowTest : public EngineTest {
 protected:
  static model::Step with_handler(model::Step step, model::Step handler, std::optional<bool> keepgoing_on_success) {
    handler.keepgoing_on_success = keepgoing_on_success;
    step.error_handler = {std::move(handler)};
    return step;
  }
  void use_nodes(const std::vector<std::string>& names) {
    auto server = nodes.list.front();
    nodes.list = {server};
    for (const auto& name : names) {
      model::Node node;
      node.name = name;
      node.attributes = {
          {"hostname", name + ".example"}, {"osFamily", "unix"}, {"rank", std::to_string(9 - nodes.list.size())}};
      nodes.list.push_back(node);
    }
  }
  static model::Job on_nodes(model::Job job, const std::string& filter, bool keepgoing = false,
                             const std::string& threads = "1") {
    job.node_filters.emplace();
    job.node_filters->filter = filter;
    job.node_filters->dispatch.keepgoing = keepgoing;
    job.node_filters->dispatch.threadcount = threads;
    return job;
  }
};

TEST_F(WorkflowTest, KeepgoingAndErrorHandlersDecideTogether) {
  enum class Handler { none, works, works_and_goes_on, fails };
  struct Case {
    bool keepgoing;
    Handler handler;
    const char* status;
    const char* lines;   // what the three steps and the handler print
    const char* states;  // of the three steps
  };
  const std::vector<Case> cases{
      {false, Handler::none, "failed", "1 2 ", "SUCCEEDED FAILED NOT_STARTED "},
      {false, Handler::works, "failed", "1 2 h ", "SUCCEEDED FAILED NOT_STARTED "},
      {false, Handler::works_and_goes_on, "succeeded", "1 2 h 3 ", "SUCCEEDED SUCCEEDED SUCCEEDED "},
      {false, Handler::fails, "failed", "1 2 h ", "SUCCEEDED FAILED NOT_STARTED "},
      {true, Handler::none, "failed", "1 2 3 ", "SUCCEEDED FAILED SUCCEEDED "},
      {true, Handler::works, "succeeded", "1 2 h 3 ", "SUCCEEDED SUCCEEDED SUCCEEDED "},
      {true, Handler::works_and_goes_on, "succeeded", "1 2 h 3 ", "SUCCEEDED SUCCEEDED SUCCEEDED "},
      {true, Handler::fails, "failed", "1 2 h 3 ", "SUCCEEDED FAILED SUCCEEDED "},
  };
  for (const std::string strategy : {"node-first", "sequential"}) {
    for (const auto& [keepgoing, handler, status, lines, states] : cases) {
      auto failing = command("echo 2; exit 3");
      if (handler == Handler::fails) failing = with_handler(failing, command("echo h; exit 4"), true);
      if (handler == Handler::works) failing = with_handler(failing, command("echo h"), std::nullopt);
      if (handler == Handler::works_and_goes_on) failing = with_handler(failing, command("echo h"), true);
      auto job = job_of("j", {command("echo 1"), failing, command("echo 3")});
      job.workflow.strategy = strategy;
      job.workflow.keepgoing = keepgoing;
      const auto row = run(job);
      const auto what = strategy + " keepgoing=" + std::to_string(keepgoing) +
                        " handler=" + std::to_string(static_cast<int>(handler));
      EXPECT_EQ(row.status, status) << what;
      auto printed = output(row);
      for (auto& c : printed) c = c == '\n' ? ' ' : c;
      EXPECT_EQ(printed, lines) << what;
      const auto document = state(row);
      EXPECT_EQ(step_state(document, 1) + " " + step_state(document, 2) + " " + step_state(document, 3) + " ", states)
          << what;
    }
  }
}

TEST_F(WorkflowTest, TheHandlerKnowsWhatFailed) {
  const auto handled =
      with_handler(command("exit 7"), command("echo ${result.reason} ${result.message} ${result.resultCode}"), true);
  const auto row = run(job_of("j", {handled}));
  EXPECT_EQ(output(row), "NonZeroResultCode Result code was 7 7\n");
}

TEST_F(WorkflowTest, TheLogTellsBeginsEndsAndFailures) {
  const auto row = run(job_of("j", {command("echo out"), with_handler(command("exit 3"), command("true"), false)}));
  std::string told;
  for (const auto& event : events(row)) {
    if (event.type == "log" && event.level == log::Level::normal) continue;
    const auto meta = [&](const char* key) {
      const auto found = event.meta.find(key);
      return found == event.meta.end() ? std::string("-") : found->second;
    };
    const auto message = event.message.substr(0, event.message.find(':'));
    told += event.type + " " + meta("node") + " " + meta("step") + " " + meta("stepctx") + " " + meta("user") + " " +
            message + "\n";
  }
  EXPECT_EQ(told,
            "stepbegin server 1 1 admin \n"
            "nodebegin server 1 1 admin \n"
            "nodeend server 1 1 admin \n"
            "stepend server 1 1 admin \n"
            "stepbegin server 2 2 admin \n"
            "nodebegin server 2 2 admin \n"
            "log server 2 2 admin Result\n"
            "log server 2 2 admin Failed\n"
            "nodeend server 2 2 admin Result code was 3\n"
            "handlerbegin server 2 2e admin \n"
            "nodebegin server 2 2e admin \n"
            "nodeend server 2 2e admin \n"
            "handlerend server 2 2e admin \n"
            "stepend server 2 2 admin Node dispatch failed\n"
            "log server - - admin Execution failed\n");
  EXPECT_EQ(errors(row),
            "Result: 3\nFailed: NonZeroResultCode: Result code was 3\nExecution failed: " + std::to_string(row.id) +
                " in project p: [Workflow result: , step failures: {2=Dispatch failed on 1 nodes: [server: "
                "NonZeroResultCode: Result code was 3]}, Node failures: {server=[NonZeroResultCode: Result "
                "code was 3]}, status: failed]\n");
}

TEST_F(WorkflowTest, StrategiesOrderStepsAndNodes) {
  use_nodes({"a", "b"});
  const std::vector<model::Step> steps{command("echo ${node.name}1"), command("echo ${node.name}2")};
  const auto printed = [&](const std::string& strategy) {
    auto job = on_nodes(job_of("j", steps), "a b");
    job.workflow.strategy = strategy;
    const auto row = run(job);
    EXPECT_EQ(row.status, "succeeded");
    EXPECT_EQ(row.succeeded_nodes, (std::vector<std::string>{"a", "b"}));
    return output(row);
  };
  EXPECT_EQ(printed("node-first"), "a1\na2\nb1\nb2\n");
  EXPECT_EQ(printed("sequential"), "a1\nb1\na2\nb2\n");
  EXPECT_EQ(printed("parallel").size(), std::string("a1\na2\nb1\nb2\n").size());
}

TEST_F(WorkflowTest, ParallelStepsRunAtTheSameTime) {
  // Each step waits for a file that the other one writes.
  const auto first = command("touch " + folder.string() + "/one; until [ -e " + folder.string() + "/two ]; do :; done");
  const auto second =
      command("touch " + folder.string() + "/two; until [ -e " + folder.string() + "/one ]; do :; done");
  auto job = job_of("j", {first, second});
  job.workflow.strategy = "parallel";
  job.timeout = "15s";
  EXPECT_EQ(run(job).status, "succeeded");
}

TEST_F(WorkflowTest, NodesRunAtTheSameTimeUpToTheThreadCount) {
  use_nodes({"a", "b"});
  const auto wait = command("touch " + folder.string() + "/${node.name}; until [ -e " + folder.string() +
                            "/a ] && [ -e " + folder.string() + "/b ]; do :; done");
  for (const std::string strategy : {"node-first", "sequential"}) {
    std::filesystem::remove(folder / "a");
    std::filesystem::remove(folder / "b");
    auto job = on_nodes(job_of("j", {wait}), "a,b", false, "2");
    job.workflow.strategy = strategy;
    job.timeout = "15s";
    EXPECT_EQ(run(job).status, "succeeded") << strategy;
  }
}

TEST_F(WorkflowTest, AFailingNodeStopsTheOthersUnlessTheyKeepGoing) {
  use_nodes({"a", "b", "c"});
  const std::vector<model::Step> steps{command("echo ${node.name}1; [ ${node.name} != b ]"),
                                       command("echo ${node.name}2")};
  for (const std::string strategy : {"node-first", "sequential"}) {
    auto stopping = on_nodes(job_of("j", steps), "a b c");
    stopping.workflow.strategy = strategy;
    auto row = run(stopping);
    EXPECT_EQ(row.status, "failed");
    EXPECT_EQ(output(row), strategy == "node-first" ? "a1\na2\nb1\n" : "a1\nb1\n");
    EXPECT_EQ(row.failed_nodes, std::vector<std::string>{"b"});
    auto going_on = on_nodes(job_of("j", steps), "a b c", true);
    going_on.workflow.strategy = strategy;
    row = run(going_on);
    EXPECT_EQ(row.status, "failed");
    EXPECT_EQ(output(row), strategy == "node-first" ? "a1\na2\nb1\nc1\nc2\n" : "a1\nb1\nc1\n");
    EXPECT_EQ(row.succeeded_nodes, (std::vector<std::string>{"a", "c"}));
    EXPECT_EQ(row.failed_nodes, std::vector<std::string>{"b"});
    EXPECT_EQ(step_state(state(row), 1), "NODE_PARTIAL_SUCCEEDED");
  }
}

TEST_F(WorkflowTest, NodesAreTakenInTheOrderOfTheirRank) {
  use_nodes({"a", "b", "c"});
  auto job = on_nodes(job_of("j", {command("echo ${node.name}")}), ".* !name: server");
  job.node_filters->dispatch.rank_attribute = "rank";
  EXPECT_EQ(output(run(job)), "c\nb\na\n");
  job.node_filters->dispatch.rank_ascending = false;
  EXPECT_EQ(output(run(job)), "a\nb\nc\n");
}

TEST_F(WorkflowTest, AFilterThatMatchesNothingFailsUnlessThatIsFine) {
  auto job = on_nodes(job_of("j", {command("echo never")}), "name: nowhere");
  auto row = run(job);
  EXPECT_EQ(row.status, "failed");
  EXPECT_EQ(errors(row).substr(0, 35), "No matched nodes: {name=nowhere}\nEx");
  job.node_filters->dispatch.success_on_empty_node_filter = true;
  row = run(job);
  EXPECT_EQ(row.status, "succeeded");
  EXPECT_EQ(output(row), "");
}

TEST_F(WorkflowTest, ARetryMayBeForFailedNodesOnly) {
  use_nodes({"a", "b", "c"});
  auto job = on_nodes(job_of("j", {command("echo ${node.name}; [ ${node.name} = a ]")}), "a b c");
  job.retry = model::Retry{"1", ""};
  auto first = run(job);
  EXPECT_EQ(first.status, "failed-with-retry");
  EXPECT_EQ(output(finished(*first.retried_as)), "a\nb\n");
  job.plugins["ExecutionLifecycle"] = {{"retry-failed-nodes", JsonObject()}};
  first = run(job);
  ASSERT_TRUE(first.retried_as);
  const auto second = finished(*first.retried_as);
  EXPECT_EQ(second.node_filter, "name: b,c");
  EXPECT_EQ(output(second), "b\n");  // c was not reached, as b stops the others
}

TEST_F(WorkflowTest, NodesNotSelectedByDefaultMustBeChosen) {
  auto job = on_nodes(job_of("j", {command("echo ${node.name}")}), ".*");
  job.nodes_selected_by_default = false;
  EXPECT_EQ(run(job).status, "failed");
  auto request = request_for(job);
  request.node_filter = "server";
  const auto row = run(request);
  EXPECT_EQ(row.status, "succeeded");
  EXPECT_EQ(row.node_filter, "server");
}

TEST_F(WorkflowTest, AnUnknownStrategyRunsNothing) {
  auto job = job_of("j", {command("echo never")});
  job.workflow.strategy = "own";
  const auto row = run(job);
  EXPECT_EQ(row.status, "failed");
  EXPECT_EQ(output(row), "");
  EXPECT_NE(errors(row).find("The workflow strategy 'own' is not available"), std::string::npos);
  EXPECT_EQ(step_state(state(row), 1), "NOT_STARTED");
}

TEST_F(WorkflowTest, AnUnknownPluginFailsItsStepByName) {
  model::Step plugin;
  plugin.action = model::PluginStep{"jira-create", false, {}};
  auto row = run(job_of("j", {plugin}));
  EXPECT_EQ(row.status, "failed");
  EXPECT_NE(errors(row).find("There is no step plugin 'jira-create' on this server"), std::string::npos);
  plugin.action = model::PluginStep{"own-step", true, {}};
  row = run(job_of("j", {plugin}));
  EXPECT_NE(errors(row).find("Failed: ConfigurationFailure: There is no step plugin 'own-step'"), std::string::npos);
  EXPECT_EQ(row.failed_nodes, std::vector<std::string>{"server"});
}

}  // namespace
}  // namespace qd::engine
