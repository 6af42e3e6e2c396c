#include "engine/plugin_step.hpp"

#include "model/expand.hpp"

namespace qd::engine {

JsonObject filled_settings(const JsonObject& settings, const model::DataContext& context) {
  JsonObject filled = settings;
  for (auto& entry : filled) {
    if (entry.value().is_string()) entry.value() = model::expand_text(std::string(entry.value().get_string()), context);
  }
  return filled;
}

base::Task<StepOutcome> run_workflow_plugin(const WorkflowTask& task, const model::PluginStep& step) {
  const auto settings = filled_settings(step.configuration, task.context);
  base::Task<StepOutcome> running;
  if (step.type == "flow-control") co_return control_flow(task, settings);
  if (step.type == "export-var") co_return export_variable(task, settings);
  if (step.type == "log-data-step") co_return log_data(task, settings);
  if (step.type == "stub-data-step") co_return give_data(task, settings);
  if (step.type == "job-state-conditional") {
    running = check_job_state(task, settings);
  } else if (step.type == "source-refresh-plugin") {
    running = refresh_nodes(task, settings);
  } else if (step.type == "edu.ohio.ais.rundeck.HttpWorkflowStepPlugin") {
    running = request_http(task, settings);
  } else {
    running = run_script_plugin(task, step.type, settings);
  }
  co_return co_await std::move(running);
}

base::Task<node::NodeResult> run_node_plugin(const NodeTask& task, std::size_t step_number,
                                             const model::PluginStep& step) {
  const auto settings = filled_settings(step.configuration, task.context);
  base::Task<node::NodeResult> running;
  if (step.type == "stub-data-node-step") co_return give_node_data(task, step_number, settings);
  if (step.type == "localexec") {
    running = run_local_command(task, step.configuration);
  } else if (step.type == "copyfile") {
    running = copy_files(task, settings);
  } else if (step.type == "edu.ohio.ais.rundeck.HttpWorkflowNodeStepPlugin") {
    running = request_http_for_node(task, settings);
  } else {
    running = run_script_plugin_for_node(task, step.type, settings);
  }
  co_return co_await std::move(running);
}

}  // namespace qd::engine
