#include "model/state_changes.hpp"

#include <algorithm>
#include <memory>

namespace qd::model {

namespace {

bool changed(const StepState& state, UnixMillis since) {
  return state.updated && *state.updated >= since;
}

// What began since then is new to whoever saw it before, with the nodes that wait in it.
bool is_new(const WorkflowState& state, UnixMillis since) {
  return since == 0 || (state.overall.started && *state.overall.started >= since);
}

}  // namespace

WorkflowState changes_of(const WorkflowState& state, UnixMillis since) {
  const bool whole = is_new(state, since);
  WorkflowState copy{state.overall, whole ? state.nodes : std::vector<std::string>{}, state.server_node, {}};
  copy.steps.reserve(state.steps.size());
  for (const auto& step : state.steps) {
    auto& made = copy.steps.emplace_back();
    made.context = step.context;
    made.node_step = step.node_step;
    made.overall = step.overall;
    for (const auto& [node, part] : step.nodes) {
      if (whole || changed(part, since)) made.nodes.emplace_hint(made.nodes.end(), node, part);
    }
    if (step.workflow) made.workflow = std::make_shared<WorkflowState>(changes_of(*step.workflow, since));
    for (const auto& [node, workflow] : step.node_workflows) {
      made.node_workflows[node] = std::make_shared<WorkflowState>(changes_of(*workflow, since));
    }
  }
  return copy;
}

bool has_changes(const WorkflowState& changes, UnixMillis since) {
  if (is_new(changes, since) || changed(changes.overall, since)) return true;
  return std::ranges::any_of(changes.steps, [since](const WorkflowStepState& step) {
    if (!step.nodes.empty() || changed(step.overall, since)) return true;
    if (step.workflow && has_changes(*step.workflow, since)) return true;
    return std::ranges::any_of(step.node_workflows,
                               [since](const auto& one) { return has_changes(*one.second, since); });
  });
}

}  // namespace qd::model
