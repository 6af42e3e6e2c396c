#include "engine/workflow_runner.hpp"

#include <set>

#include "base/task_group.hpp"
#include "engine/step_runner.hpp"

namespace qd::engine {

namespace {

bool is_step_first(const std::string& strategy) {
  return strategy == "sequential" || strategy == "step-first";
}

// Steps [first, last) one after another, each on all of `nodes`.
base::Task<void> run_in_order(RunScope& scope, Frame& frame, std::size_t first, std::size_t last,
                              const std::vector<model::Node>& nodes, bool whole, WorkflowOutcome& outcome) {
  for (std::size_t i = first; i < last; ++i) {
    if (frame.cancel.cancelled()) {
      outcome.success = false;
      co_return;
    }
    auto running = run_step(scope, frame, i, nodes, whole);
    const auto result = co_await std::move(running);
    if (result.end.success) continue;
    outcome.add_failure(i + 1, result);
    if (!frame.job->workflow.keepgoing) co_return;
  }
}

base::Task<void> run_one_of_all(RunScope& scope, Frame& frame, std::size_t index, WorkflowOutcome& outcome) {
  auto running = run_step(scope, frame, index, frame.nodes, true);
  const auto result = co_await std::move(running);
  if (!result.end.success) outcome.add_failure(index + 1, result);
}

base::Task<void> run_at_once(RunScope& scope, Frame& frame, WorkflowOutcome& outcome) {
  const auto count = frame.job->workflow.steps.size();
  base::TaskGroup group(scope.parts.loop, count);
  for (std::size_t i = 0; i < count; ++i) group.add(run_one_of_all(scope, frame, i, outcome));
  co_await group.join();
  if (frame.cancel.cancelled()) outcome.success = false;
}

base::Task<void> run_section_on_node(RunScope& scope, Frame& frame, std::size_t first, std::size_t last,
                                     std::vector<model::Node> node, WorkflowOutcome& outcome, base::TaskGroup& group) {
  WorkflowOutcome own;
  auto running = run_in_order(scope, frame, first, last, node, false, own);
  co_await std::move(running);
  if (own.success) co_return;
  outcome.success = false;
  for (const auto& [step, failure] : own.step_failures) outcome.add_failure(step, failure);
  if (!frame.dispatch.keepgoing) group.drop_waiting();
}

base::Task<void> run_section(RunScope& scope, Frame& frame, std::size_t first, std::size_t last,
                             const std::vector<model::Node>& nodes, WorkflowOutcome& outcome) {
  base::TaskGroup group(scope.parts.loop, frame.dispatch.threads);
  for (const auto& node : nodes) {
    if (!outcome.success && !frame.dispatch.keepgoing) break;
    group.add(run_section_on_node(scope, frame, first, last, {node}, outcome, group));
  }
  co_await group.join();
}

void merge(WorkflowOutcome& into, const WorkflowOutcome& section) {
  into.success = into.success && section.success;
  for (const auto& [step, failure] : section.step_failures) into.add_failure(step, failure);
}

std::vector<model::Node> survivors(const Frame& frame, const WorkflowOutcome& outcome) {
  std::vector<model::Node> nodes;
  for (const auto& node : frame.nodes) {
    if (!outcome.node_failures.contains(node.name)) nodes.push_back(node);
  }
  return nodes;
}

// After a failed section: does the workflow go on, and on which nodes?
bool goes_on(const Frame& frame, const WorkflowOutcome& outcome, bool section_failed, bool node_section) {
  if (outcome.success || frame.job->workflow.keepgoing) return true;
  if (section_failed && !node_section) return false;
  return frame.dispatch.keepgoing && !survivors(frame, outcome).empty();
}

// Neighbouring steps for nodes form a section that each node goes through as a whole; other steps stand alone between
// them.
base::Task<void> run_node_first(RunScope& scope, Frame& frame, WorkflowOutcome& outcome) {
  const auto& steps = frame.job->workflow.steps;
  for (std::size_t first = 0, last = 0; first < steps.size(); first = last) {
    const bool node_section = is_node_step(steps[first]);
    last = first + 1;
    while (last < steps.size() && is_node_step(steps[last]) == node_section) ++last;
    auto nodes = frame.nodes;
    if (frame.dispatch.keepgoing) {
      if (auto left = survivors(frame, outcome); !left.empty()) nodes = std::move(left);
    }
    const bool whole = !node_section || nodes.size() == frame.nodes.size();
    WorkflowOutcome section;
    if (node_section && nodes.size() > 1) {
      auto running = run_section(scope, frame, first, last, nodes, section);
      co_await std::move(running);
    } else {
      auto running = run_in_order(scope, frame, first, last, nodes, whole, section);
      co_await std::move(running);
    }
    merge(outcome, section);
    if (frame.cancel.cancelled() || !goes_on(frame, outcome, !section.success, node_section)) co_return;
  }
}

}  // namespace

base::Task<WorkflowOutcome> run_workflow(RunScope& scope, Frame& frame) {
  WorkflowOutcome outcome;
  std::vector<std::string> names;
  for (const auto& node : frame.nodes) names.push_back(node.name);
  scope.tracker.begin_workflow(*frame.state, frame.job->workflow, names, scope.config.server_node.name);
  const auto& strategy = frame.job->workflow.strategy;
  if (strategy == "parallel") {
    auto running = run_at_once(scope, frame, outcome);
    co_await std::move(running);
  } else if (is_step_first(strategy)) {
    auto running = run_in_order(scope, frame, 0, frame.job->workflow.steps.size(), frame.nodes, true, outcome);
    co_await std::move(running);
  } else if (strategy.empty() || strategy == "node-first") {
    auto running = run_node_first(scope, frame, outcome);
    co_await std::move(running);
  } else {
    outcome.success = false;
    outcome.exception = "The workflow strategy '" + strategy +
                        "' is not available on this server. Use node-first, sequential or parallel";
  }
  if (frame.cancel.cancelled()) outcome.success = false;
  scope.tracker.end_workflow(*frame.state, outcome.success, frame.cancel.cancelled());
  co_return outcome;
}

}  // namespace qd::engine
