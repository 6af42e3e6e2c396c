#include "engine/workflow_runner.hpp"

#include <algorithm>

#include "base/task_group.hpp"
#include "engine/dispatcher.hpp"
#include "engine/step_runner.hpp"
#include "engine/strategy.hpp"

namespace qd::engine {

namespace {

// Steps [first, last) one after another, each on all of `nodes`.
base::Task<void> run_in_order(RunScope& scope, Frame& frame, std::size_t first, std::size_t last, const NodeRefs& nodes,
                              bool whole, WorkflowOutcome& outcome) {
  for (std::size_t i = first; i < last; ++i) {
    if (frame.cancel.cancelled()) {
      outcome.success = false;
      co_return;
    }
    auto running = run_step(scope, frame, i, nodes, whole);
    const auto result = co_await std::move(running);
    outcome.add(i + 1, result);
    if (result.halt || (!result.end.success && !frame.job->workflow.keepgoing)) co_return;
  }
}

base::Task<bool> run_section_on_node(RunScope& scope, Frame& frame, std::size_t first, std::size_t last,
                                     const model::Node& node, WorkflowOutcome& outcome) {
  WorkflowOutcome own;
  const NodeRefs nodes{&node};
  auto running = run_in_order(scope, frame, first, last, nodes, false, own);
  co_await std::move(running);
  outcome.merge(own);
  co_return own.success;
}

base::Task<void> run_section(RunScope& scope, Frame& frame, std::size_t first, std::size_t last, const NodeRefs& nodes,
                             WorkflowOutcome& outcome) {
  Dispatcher dispatcher(scope.parts.loop, frame.dispatch, nodes, frame.cancel, [&](const model::Node& node) {
    return run_section_on_node(scope, frame, first, last, node, outcome);
  });
  auto running = dispatcher.run();
  co_await std::move(running);
  if (frame.cancel.cancelled()) outcome.success = false;
}

NodeRefs survivors(const Frame& frame, const WorkflowOutcome& outcome) {
  NodeRefs nodes;
  for (const auto& node : frame.nodes) {
    if (!outcome.node_failures.contains(node.name)) nodes.push_back(&node);
  }
  return nodes;
}

// After a section: does the workflow go on, and on which nodes?
bool goes_on(const Frame& frame, const WorkflowOutcome& outcome, bool section_failed, bool node_section) {
  if (outcome.halt) return false;
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
    auto nodes = frame.all_nodes();
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
    outcome.merge(section);
    if (frame.cancel.cancelled() || !goes_on(frame, outcome, !section.success, node_section)) co_return;
  }
}

// Starts each step when what it waits for is done. Used within one coroutine, which waits for `group`.
class PlannedSteps {
 public:
  PlannedSteps(RunScope& scope, Frame& frame, const std::vector<StepRule>& rules, WorkflowOutcome& outcome)
      : scope_(scope),
        frame_(frame),
        rules_(rules),
        outcome_(outcome),
        nodes_(frame.all_nodes()),
        states_(rules.size(), State::waiting),
        group_(scope.parts.loop, rules.size()) {}

  base::Task<void> run() {
    start_ready();
    co_await group_.join();
    if (frame_.cancel.cancelled()) outcome_.success = false;
  }

 private:
  enum class State { waiting, running, done };

  bool is_ready(std::size_t step) const {
    return states_[step] == State::waiting &&
           std::ranges::all_of(rules_[step].after, [&](std::size_t other) { return states_[other] == State::done; });
  }

  // All that may start now, before any of them runs: one that fails at once stops none of its neighbours.
  std::vector<std::size_t> take_ready() {
    std::vector<std::size_t> ready;
    for (bool changed = true; changed;) {
      changed = false;
      for (std::size_t i = 0; i < rules_.size(); ++i) {
        if (!is_ready(i)) continue;
        const bool wanted = rules_[i].when.empty() || holds(rules_[i].when, frame_.step_context());
        states_[i] = wanted ? State::running : State::done;
        changed = changed || !wanted;  // what waits for a skipped step may start
        if (wanted) ready.push_back(i);
      }
    }
    return ready;
  }

  void start_ready() {
    if (stopped_ || frame_.cancel.cancelled()) return;
    for (const auto step : take_ready()) group_.add(run_one(step));
  }

  base::Task<void> run_one(std::size_t step) {
    auto running = run_step(scope_, frame_, step, nodes_, true);
    const auto result = co_await std::move(running);
    states_[step] = State::done;
    outcome_.add(step + 1, result);
    if (result.halt || (!result.end.success && !frame_.job->workflow.keepgoing)) stopped_ = true;
    start_ready();
  }

  RunScope& scope_;
  Frame& frame_;
  const std::vector<StepRule>& rules_;
  WorkflowOutcome& outcome_;
  const NodeRefs nodes_;
  std::vector<State> states_;
  base::TaskGroup group_;
  bool stopped_ = false;
};

base::Task<void> run_planned(RunScope& scope, Frame& frame, const WorkflowPlan& plan, WorkflowOutcome& outcome) {
  PlannedSteps steps(scope, frame, plan.rules, outcome);
  auto running = steps.run();
  co_await std::move(running);
}

}  // namespace

base::Task<WorkflowOutcome> run_workflow(RunScope& scope, Frame& frame) {
  WorkflowOutcome outcome;
  std::vector<std::string> names;
  for (const auto& node : frame.nodes) names.push_back(node.name);
  scope.tracker.begin_workflow(*frame.state, frame.job->workflow, names, scope.config.server_node.name);
  const auto plan = plan_workflow(frame.job->workflow);
  if (!plan) {
    outcome.success = false;
    outcome.exception = plan.error().message;
  } else if (plan->node_first) {
    auto running = run_node_first(scope, frame, outcome);
    co_await std::move(running);
  } else {
    auto running = run_planned(scope, frame, *plan, outcome);
    co_await std::move(running);
  }
  if (outcome.halt) outcome.success = outcome.success && outcome.halt->success;
  if (frame.cancel.cancelled()) outcome.success = false;
  scope.tracker.end_workflow(*frame.state, outcome.success, frame.cancel.cancelled());
  co_return outcome;
}

}  // namespace qd::engine
