// Steps that are plugins by name: the built-in ones of the peer.
#pragma once

#include <optional>
#include <string>

#include "engine/frame.hpp"
#include "engine/node_step.hpp"
#include "engine/outcome.hpp"

namespace qd::engine {

// A step that runs once, on the server. References live until it has ended.
struct WorkflowTask {
  RunScope& scope;
  const Frame& frame;
  const model::DataContext& context;
  StepLog& log;
  std::size_t step = 1;  // its number
};

base::Task<StepOutcome> run_workflow_plugin(const WorkflowTask& task, const model::PluginStep& step);
base::Task<node::NodeResult> run_node_plugin(const NodeTask& task, std::size_t step_number,
                                             const model::PluginStep& step);

// The settings with references filled in their texts.
JsonObject filled_settings(const JsonObject& settings, const model::DataContext& context);

// Reasons of steps, beyond those of node/executor.hpp.
namespace step_reason {
inline constexpr const char* invalid_data = "InvalidData";
inline constexpr const char* halted = "FlowControlHalt";
}  // namespace step_reason

// The kinds.
StepOutcome control_flow(const WorkflowTask& task, const JsonObject& settings);
StepOutcome export_variable(const WorkflowTask& task, const JsonObject& settings);
StepOutcome log_data(const WorkflowTask& task, const JsonObject& settings);
StepOutcome give_data(const WorkflowTask& task, const JsonObject& settings);
base::Task<StepOutcome> check_job_state(const WorkflowTask& task, const JsonObject& settings);
base::Task<StepOutcome> refresh_nodes(const WorkflowTask& task, const JsonObject& settings);
base::Task<StepOutcome> request_http(const WorkflowTask& task, const JsonObject& settings);
node::NodeResult give_node_data(const NodeTask& task, std::size_t step, const JsonObject& settings);
base::Task<node::NodeResult> run_local_command(const NodeTask& task, const JsonObject& written);
base::Task<node::NodeResult> copy_files(const NodeTask& task, const JsonObject& settings);
base::Task<node::NodeResult> request_http_for_node(const NodeTask& task, const JsonObject& settings);
// By script plugins; failures when there is none of that name, which then name those that there are.
base::Task<StepOutcome> run_script_plugin(const WorkflowTask& task, std::string type, JsonObject settings);
base::Task<node::NodeResult> run_script_plugin_for_node(const NodeTask& task, std::string type, JsonObject settings);

}  // namespace qd::engine
