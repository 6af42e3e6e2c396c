// Built-in plugin steps that steer the workflow or work on the server.
#include "engine/engine_fixture_testing.hpp"

namespace qd::engine {
namespace {

class StepPluginTest : public EngineTest {
 protected:
  static model::Step plugin(const std::string& type, JsonObject config, bool node_step = false) {
    model::Step step;
    step.action = model::PluginStep{type, node_step, std::move(config)};
    return step;
  }
  static model::Step conditional(const char* json) {
    auto step = plugin("conditional", {});
    step.extra = parse_json(json)->get_object();
    std::get<model::PluginStep>(step.action).node_step = true;
    return step;
  }
};

TEST_F(StepPluginTest, FlowControlEndsTheWorkflow) {
  for (const std::string strategy : {"node-first", "sequential", "ruleset"}) {
    const auto halted = [&](JsonObject config) {
      auto job = job_of("j", {plugin("flow-control", std::move(config)), command("echo after")});
      job.workflow.strategy = strategy;
      job.workflow.plugin_config["WorkflowStrategy"] = {{"ruleset", {{"rules", "[*] run-in-sequence"}}}};
      const auto row = run(job);
      return row.status + (output(row).empty() ? "" : " " + output(row));
    };
    EXPECT_EQ(halted({{"halt", "false"}}), "succeeded after\n") << strategy;
    EXPECT_EQ(halted({{"halt", "true"}}), "failed") << strategy;
    EXPECT_EQ(halted({{"halt", "true"}, {"fail", "false"}}), "succeeded") << strategy;
    EXPECT_EQ(halted({{"halt", "true"}, {"status", "not today"}}), "not today") << strategy;
    EXPECT_EQ(halted({{"halt", "true"}, {"status", "succeeded"}}), "succeeded") << strategy;
  }
}

TEST_F(StepPluginTest, JobStateIsCompared) {
  const auto other = job_of("other", {command("exit 1")});
  save(other);
  const auto status = [&](JsonObject config) {
    config["halt"] = "true";
    config["fail"] = "true";
    return run(job_of("j", {plugin("job-state-conditional", std::move(config))})).status;
  };
  EXPECT_EQ(status({{"jobName", "other"}, {"executionState", "Never"}}), "succeeded");
  run(other);
  EXPECT_EQ(status({{"jobUUID", other.uuid}, {"executionState", "Never"}}), "failed");
  EXPECT_EQ(status({{"jobUUID", other.uuid}, {"executionState", "Failed"}, {"running", "false"}}), "succeeded");
  EXPECT_EQ(status({{"jobUUID", other.uuid}, {"executionState", "Succeeded"}, {"condition", "Not Equals"}}),
            "succeeded");
  EXPECT_EQ(status({{"jobUUID", other.uuid}, {"running", "true"}}), "failed");
  EXPECT_EQ(status({{"jobUUID", "nowhere"}, {"running", "true"}}), "failed");
  EXPECT_EQ(status({{"running", "true"}}), "failed");
  auto goes_on =
      run(job_of("k", {plugin("job-state-conditional", {{"jobName", "other"}, {"executionState", "Succeeded"}}),
                       command("echo on")}));
  EXPECT_EQ(output(goes_on), "on\n");
}

TEST_F(StepPluginTest, LocalCommandsRunOnTheServerForEachNode) {
  model::Node node;
  node.name = "far away";
  nodes.list.push_back(node);
  auto job = job_of("j", {plugin("localexec", {{"command", "printf '%s|' ${node.name} \"$HOME;x\""}}, true)});
  job.node_filters.emplace();
  job.node_filters->filter = "name: .*away";
  EXPECT_EQ(output(run(job)), "far away|$HOME;x|\n");
  job.workflow.steps = {plugin("localexec", {{"command", "sh -c 'exit 7'"}}, true)};
  const auto row = run(job);
  EXPECT_NE(errors(row).find("NonZeroResultCode: Result code was 7"), std::string::npos);
}

TEST_F(StepPluginTest, ConditionalStepsRunUnderTheirCondition) {
  const auto step = conditional(R"({"conditionGroups":[[{"key":"option.env","operator":"==","value":"QA"}]],
      "subSteps":[{"exec":"echo one"},{"exec":"echo two ${node.name}"}]})");
  auto job = job_of("j", {step, command("echo end")});
  model::Option option;
  option.name = "env";
  job.options = {option};
  EXPECT_EQ(output(run(job, {{"env", "PROD"}})), "end\n");
  const auto row = run(job, {{"env", "QA"}});
  EXPECT_EQ(output(row), "one\ntwo server\nend\n");
  std::string places;
  for (const auto& event : events(row)) {
    if (event.type == "log" && event.level == log::Level::normal) places += event.meta.at("stepctx") + " ";
  }
  EXPECT_EQ(places, "1@node=server/1 1@node=server/2 2 ");
  const auto bad = run(job_of("k", {conditional(R"({"conditionGroups":[[{"key":"a","operator":"~","value":"1"}]]})")}));
  EXPECT_NE(errors(bad).find("operator '~' of the condition on a is not valid"), std::string::npos);
}

TEST_F(StepPluginTest, RefreshingNodesTakesAWhileAndIsEndedByAbort) {
  EXPECT_EQ(run(job_of("j", {plugin("source-refresh-plugin", {})})).status, "succeeded");
  EXPECT_EQ(nodes.refreshes, 1);
  const auto started =
      launcher->launch(request_for(job_of("k", {plugin("source-refresh-plugin", {{"sleep", "3000"}})})));
  ASSERT_TRUE(started);
  launcher->abort(started->id, "admin");
  EXPECT_EQ(finished(started->id).status, "aborted");
}

TEST_F(StepPluginTest, HttpStepsSayWhatIsWrong) {
  const auto failing = [&](JsonObject config) {
    return errors(run(job_of("j", {plugin("edu.ohio.ais.rundeck.HttpWorkflowStepPlugin", std::move(config))})));
  };
  EXPECT_NE(failing({{"remoteUrl", "ftp://x"}}).find("must begin with http:// or https://"), std::string::npos);
  EXPECT_NE(failing({{"remoteUrl", "http://127.0.0.1:1/"}}).find("Failed: HTTPFailure: Error when sending request"),
            std::string::npos);
  EXPECT_NE(failing({{"remoteUrl", "http://127.0.0.1:1/"}, {"headers", "nonsense"}}).find("The headers must be a list"),
            std::string::npos);
  EXPECT_NE(failing({{"remoteUrl", "http://127.0.0.1:1/"}, {"authentication", "Basic"}, {"password", "keys/none"}})
                .find("The password keys/none"),
            std::string::npos);
}

}  // namespace
}  // namespace qd::engine
