#include "codec/state_codec.hpp"

#include <gtest/gtest.h>

#include "model/state_changes.hpp"

namespace qd::codec {
namespace {

using model::RunState;

model::StepState state(RunState value, UnixMillis from, UnixMillis to) {
  model::StepState made;
  made.state = value;
  made.started = from;
  made.updated = made.ended = to;
  return made;
}

model::WorkflowStepState node_step(const char* context, RunState value) {
  model::WorkflowStepState step;
  step.context = context;
  step.node_step = true;
  step.overall = state(value, 1'000, 3'500);
  step.nodes["web1"] = step.overall;
  return step;
}

TEST(StateCodec, WritesTheDocumentedForm) {
  model::WorkflowState workflow;
  workflow.overall = state(RunState::failed, 0, 4'000);
  workflow.nodes = {"web1"};
  workflow.server_node = "server";
  workflow.steps.push_back(node_step("1", RunState::succeeded));
  auto failed = node_step("2", RunState::failed);
  failed.nodes["web1"].error_message = "Result code was 3";
  failed.nodes["web1"].failure_reason = "NonZeroResultCode";
  workflow.steps.push_back(failed);
  const auto json = state_to_json(workflow);
  EXPECT_EQ(json.at("executionState").as_string(), "FAILED");
  EXPECT_TRUE(json.at("completed").as_bool());
  EXPECT_EQ(json.at("startTime").as_string(), "1970-01-01T00:00:00Z");
  EXPECT_EQ(json.at("endTime").as_string(), "1970-01-01T00:00:04Z");
  EXPECT_EQ(json.at("serverNode").as_string(), "server");
  EXPECT_EQ(json.at("stepCount").to_number<int>(), 2);
  EXPECT_EQ(boost::json::serialize(json.at("targetNodes")), R"(["web1"])");
  EXPECT_EQ(boost::json::serialize(json.at("nodes")),
            R"({"web1":[{"stepctx":"1","executionState":"SUCCEEDED"},{"stepctx":"2","executionState":"FAILED"}]})");
  const auto& step = json.at("steps").at(1).as_object();
  EXPECT_EQ(step.at("id").as_string(), "2");
  EXPECT_TRUE(step.at("nodeStep").as_bool());
  EXPECT_FALSE(step.at("hasSubworkflow").as_bool());
  EXPECT_EQ(step.at("duration").to_number<int>(), 2'500);
  EXPECT_EQ(step.at("nodeStates").at("web1").at("errorMessage").as_string(), "Result code was 3");
  EXPECT_EQ(step.at("nodeStates").at("web1").at("meta").at("failureReason").as_string(), "NonZeroResultCode");
}

TEST(StateCodec, NestsReferencedWorkflows) {
  model::WorkflowState workflow;
  workflow.overall.state = RunState::running;
  workflow.nodes = {"server"};
  model::WorkflowStepState reference;
  reference.context = "2";
  reference.workflow = std::make_shared<model::WorkflowState>();
  reference.workflow->nodes = {"web1"};
  reference.workflow->steps.push_back(node_step("1", RunState::running));
  workflow.steps.push_back(reference);
  const auto json = state_to_json(workflow);
  EXPECT_FALSE(json.at("completed").as_bool());
  EXPECT_TRUE(json.at("endTime").is_null());
  EXPECT_EQ(boost::json::serialize(json.at("allNodes")), R"(["server","web1"])");
  EXPECT_EQ(json.at("nodes").at("web1").at(0).at("stepctx").as_string(), "2/1");
  const auto& step = json.at("steps").at(0).as_object();
  EXPECT_TRUE(step.at("hasSubworkflow").as_bool());
  EXPECT_EQ(step.at("workflow").at("steps").at(0).at("stepctx").as_string(), "2/1");
  EXPECT_EQ(step.at("workflow").at("steps").at(0).at("id").as_string(), "1");
  EXPECT_FALSE(step.at("nodeStep").as_bool());
}

TEST(StateCodec, KeepsTheWorkflowOfEachNodeApart) {
  model::WorkflowState workflow;
  workflow.nodes = {"web1"};
  auto step = node_step("3", RunState::succeeded);
  step.node_workflows["web1"] = std::make_shared<model::WorkflowState>();
  step.node_workflows["web1"]->steps.push_back(node_step("1", RunState::succeeded));
  workflow.steps.push_back(step);
  const auto json = state_to_json(workflow);
  const auto& own = json.at("steps").at(0).at("parameterStates").at("node=web1").as_object();
  EXPECT_EQ(own.at("stepctx").as_string(), "3@node=web1");
  EXPECT_EQ(own.at("workflow").at("steps").at(0).at("stepctx").as_string(), "3@node=web1/1");
  EXPECT_EQ(own.at("executionState").as_string(), "SUCCEEDED");
}

TEST(StateCodec, TellsChangesWithoutTheRest) {
  model::WorkflowState workflow;
  workflow.overall = state(RunState::running, 1'000, 1'000);
  workflow.nodes = {"web1", "web2"};
  auto step = node_step("1", RunState::running);
  step.nodes["web1"] = state(RunState::succeeded, 1'000, 5'000);
  step.nodes["web2"] = state(RunState::succeeded, 1'000, 2'000);
  step.nodes["web3"] = model::StepState();
  workflow.steps.push_back(step);

  const auto later = state_changes_to_json(model::changes_of(workflow, 3'000), 3'000, 6'000);
  EXPECT_EQ(later.at("asOf").as_int64(), 6'000);
  EXPECT_FALSE(later.contains("allNodes"));
  EXPECT_FALSE(later.contains("nodes"));
  const auto& nodes = later.at("steps").at(0).at("nodeStates").as_object();
  ASSERT_EQ(nodes.size(), 1U);
  EXPECT_EQ(nodes.at("web1").at("executionState").as_string(), "SUCCEEDED");
  EXPECT_FALSE(nodes.at("web1").as_object().contains("updateTime"));

  const auto whole = state_changes_to_json(model::changes_of(workflow, 0), 0, 6'000);
  EXPECT_EQ(whole.at("allNodes").as_array().size(), 2U);
  EXPECT_EQ(whole.at("steps").at(0).at("nodeStates").as_object().size(), 3U);

  EXPECT_FALSE(model::has_changes(model::changes_of(workflow, 5'001), 5'001));
  EXPECT_TRUE(model::has_changes(model::changes_of(workflow, 5'000), 5'000));
}

}  // namespace
}  // namespace qd::codec
