#include "engine/state_tracker.hpp"

namespace qd::engine {

namespace {

using model::RunState;

bool is_open(RunState state) {
  return state == RunState::waiting || state == RunState::running || state == RunState::running_handler;
}

// The state of a step whose nodes are all done.
RunState combined(const model::WorkflowStepState& step) {
  std::size_t succeeded = 0, failed = 0, aborted = 0, not_started = 0;
  for (const auto& [node, state] : step.nodes) {
    succeeded += state.state == RunState::succeeded ? 1 : 0;
    failed += state.state == RunState::failed ? 1 : 0;
    aborted += state.state == RunState::aborted ? 1 : 0;
    not_started += state.state == RunState::not_started ? 1 : 0;
  }
  const auto all = step.nodes.size();
  if (aborted > 0) return RunState::aborted;
  if (succeeded == all) return RunState::succeeded;
  if (failed == all) return RunState::failed;
  if (not_started == all) return RunState::not_started;
  return succeeded > 0 && failed > 0 ? RunState::node_partial_succeeded : RunState::node_mixed;
}

}  // namespace

bool is_node_step(const model::Step& step) {
  if (const auto* reference = std::get_if<model::JobRefStep>(&step.action)) return reference->node_step;
  if (const auto* plugin = std::get_if<model::PluginStep>(&step.action)) return plugin->node_step;
  return true;
}

void StateTracker::close(model::StepState& state, RunState final) {
  const auto now = clock_.now();
  state.state = final;
  state.updated = now;
  if (final != RunState::not_started) state.ended = now;
}

void StateTracker::begin_workflow(model::WorkflowState& state, const model::Workflow& workflow,
                                  const std::vector<std::string>& nodes, const std::string& server_node) {
  state.overall.state = RunState::running;
  state.overall.started = state.overall.updated = clock_.now();
  state.nodes = nodes;
  state.server_node = server_node;
  state.steps.clear();
  for (std::size_t i = 0; i < workflow.steps.size(); ++i) {
    auto& step = state.steps.emplace_back();
    step.context = std::to_string(i + 1);
    step.node_step = is_node_step(workflow.steps[i]);
    if (!step.node_step) continue;
    for (const auto& node : nodes) step.nodes[node];
    open_nodes_[&step] = step.nodes.size();
  }
  changed_();
}

void StateTracker::end_workflow(model::WorkflowState& state, bool success, bool aborted) {
  const auto settle = [&](model::StepState& part) {
    if (part.state == RunState::waiting) {
      close(part, RunState::not_started);
    } else if (is_open(part.state)) {
      close(part, aborted ? RunState::aborted : RunState::failed);
    }
  };
  for (auto& step : state.steps) {
    const bool open = is_open(step.overall.state);
    for (auto& [node, part] : step.nodes) settle(part);
    open_nodes_.erase(&step);
    if (open && !step.nodes.empty()) {
      close(step.overall, combined(step));
    } else {
      settle(step.overall);
    }
  }
  close(state.overall, aborted ? RunState::aborted : success ? RunState::succeeded : RunState::failed);
  changed_();
}

void StateTracker::begin_step(model::WorkflowStepState& step) {
  const auto now = clock_.now();
  step.overall.state = RunState::running;
  if (!step.overall.started) step.overall.started = now;
  step.overall.updated = now;
  changed_();
}

void StateTracker::end_step(model::WorkflowStepState& step, const StepEnd& end, bool aborted) {
  const bool by_nodes = !end.success && !aborted && step.nodes.size() > 1;
  const auto from_nodes = by_nodes ? combined(step) : RunState::failed;
  close(step.overall, end.success                                      ? RunState::succeeded
                      : aborted                                        ? RunState::aborted
                      : from_nodes == RunState::node_partial_succeeded ? from_nodes
                                                                       : RunState::failed);
  step.overall.error_message = end.message;
  step.overall.failure_reason = end.reason;
  changed_();
}

void StateTracker::begin_node(model::WorkflowStepState& step, const std::string& node) {
  const auto [place, fresh] = step.nodes.try_emplace(node);
  auto& state = place->second;
  if (fresh || !is_open(state.state)) ++open_nodes_[&step];
  if (state.state != RunState::running_handler) state.state = RunState::running;
  const auto now = clock_.now();
  if (!state.started) state.started = now;
  state.updated = now;
  changed_();
}

void StateTracker::end_node(model::WorkflowStepState& step, const std::string& node, const StepEnd& end, bool aborted) {
  const auto [place, fresh] = step.nodes.try_emplace(node);
  auto& state = place->second;
  if (!fresh && is_open(state.state)) --open_nodes_[&step];
  close(state, end.success ? RunState::succeeded : aborted ? RunState::aborted : RunState::failed);
  state.error_message = end.message;
  state.failure_reason = end.reason;
  changed_();
}

void StateTracker::begin_handler(model::WorkflowStepState& step, const std::vector<std::string>& nodes) {
  step.overall.state = RunState::running_handler;
  step.overall.updated = clock_.now();
  for (const auto& node : nodes) {
    const auto found = step.nodes.find(node);
    if (found != step.nodes.end() && found->second.state == RunState::failed) {
      found->second.state = RunState::running_handler;
      ++open_nodes_[&step];
      found->second.updated = clock_.now();
    }
  }
  changed_();
}

void StateTracker::settle_step(model::WorkflowStepState& step) {
  if (open_nodes_[&step] == 0) close(step.overall, combined(step));
  changed_();
}

}  // namespace qd::engine
