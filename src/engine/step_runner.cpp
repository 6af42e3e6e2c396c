#include "engine/step_runner.hpp"

#include "base/task_group.hpp"
#include "engine/job_reference.hpp"
#include "engine/node_step.hpp"

namespace qd::engine {

namespace {

using node::NodeResult;

constexpr const char* kHandlerBegin = "handlerbegin";
constexpr const char* kHandlerEnd = "handlerend";

const model::Step& action_of(const Frame& frame, const StepPlace& at) {
  const auto& step = frame.job->workflow.steps[at.index];
  return at.handler ? step.error_handler.front() : step;
}

LogPlace log_place(const RunScope& scope, const Frame& frame, const StepPlace& at, const model::Node* node) {
  log::Meta meta{{"step", std::to_string(at.index + 1)},
                 {"stepctx", frame.prefix + at.id()},
                 {"node", scope.config.server_node.name},
                 {"user", scope.execution.user}};
  if (node != nullptr) {
    meta["node"] = node->name;
    if (const auto user = node->attribute("username"); !user.empty()) meta["user"] = user;
  }
  return LogPlace(std::move(meta));
}

log::Meta end_meta(const StepEnd& end) {
  if (end.success) return {};
  return {{"failureReason", end.reason}, {"executionState", "FAILED"}};
}

StepEnd end_of(const NodeResult& result) {
  return {result.success, result.failure_reason, result.message};
}

std::string missing_plugin(const model::PluginStep& step) {
  return "The step plugin '" + step.type + "' is not available on this server";
}

// The peer's step "Flow Control": with `halt` off it lets the workflow go on.
StepOutcome run_plugin(RunScope& scope, const model::PluginStep& step, const LogPlace& place) {
  if (step.type != "flow-control") return StepOutcome::failure(node::reason::configuration, missing_plugin(step));
  const Json* halt = find(step.configuration, "halt");
  if (halt != nullptr && scalar_text(*halt).value_or("") == "true") {
    return StepOutcome::failure(node::reason::configuration,
                                "The step 'flow-control' cannot halt a workflow on this server yet");
  }
  scope.log.line(place, log::Level::verbose, "Continue");
  return StepOutcome::success();
}

base::Task<NodeResult> run_node_reference(RunScope& scope, Frame& frame, const model::JobRefStep& reference,
                                          const StepPlace& at, const model::Node& node,
                                          const model::DataContext& context, const LogPlace& place) {
  auto nested = std::make_shared<model::WorkflowState>();
  frame.state->steps[at.index].node_workflows[node.name] = nested;
  auto running = run_job_reference(scope, frame, reference, context, frame.prefix + at.id() + "@node=" + node.name,
                                   place, std::move(nested));
  const auto outcome = co_await std::move(running);
  if (outcome.end.success) co_return NodeResult::ok();
  co_return NodeResult::failure(outcome.end.reason, outcome.end.message);
}

base::Task<NodeResult> act_on_node(RunScope& scope, Frame& frame, const StepPlace& at, const model::Node& node,
                                   const model::DataContext& context, const LogPlace& place) {
  const auto& action = action_of(frame, at).action;
  if (const auto* command = std::get_if<model::CommandStep>(&action)) {
    auto running = run_command(scope, frame, *command, node, context, place);
    co_return co_await std::move(running);
  }
  if (const auto* script = std::get_if<model::ScriptStep>(&action)) {
    auto running = run_script(scope, frame, *script, node, context, place);
    co_return co_await std::move(running);
  }
  if (const auto* reference = std::get_if<model::JobRefStep>(&action)) {
    auto running = run_node_reference(scope, frame, *reference, at, node, context, place);
    co_return co_await std::move(running);
  }
  co_return NodeResult::failure(node::reason::configuration, missing_plugin(std::get<model::PluginStep>(action)));
}

// What one dispatch gathers from its nodes.
struct Dispatched {
  StepOutcome& outcome;
  base::TaskGroup& group;
};

base::Task<void> run_on_node(RunScope& scope, Frame& frame, StepPlace at, const model::Node& node,
                             const model::DataContext& base_context, Dispatched dispatched) {
  if (frame.cancel.cancelled()) co_return;
  auto& state = frame.state->steps[at.index];
  const auto place = log_place(scope, frame, at, &node);
  auto context = base_context;
  context.set_group("node", model::node_group(node));
  scope.tracker.begin_node(state, node.name);
  scope.log.event(place, log::event_type::node_begin);
  auto acting = act_on_node(scope, frame, at, node, context, place);
  auto result = co_await std::move(acting);
  if (!result.success) {
    if (result.failure_reason == node::reason::non_zero) {
      scope.log.line(place, log::Level::error, "Result: " + std::to_string(result.exit_code));
    }
    scope.log.line(place, log::Level::error, "Failed: " + result.failure_reason + ": " + result.message);
    if (!frame.dispatch.keepgoing) dispatched.group.drop_waiting();
  }
  const auto end = end_of(result);
  scope.log.event(place, log::event_type::node_end, end.message, end_meta(end));
  scope.tracker.end_node(state, node.name, end, frame.cancel.cancelled());
  dispatched.outcome.nodes[node.name] = std::move(result);
}

base::Task<StepOutcome> dispatch(RunScope& scope, Frame& frame, StepPlace at, const std::vector<model::Node>& nodes,
                                 const model::DataContext& context) {
  StepOutcome outcome;
  outcome.by_nodes = true;
  base::TaskGroup group(scope.parts.loop, frame.dispatch.threads);
  const Dispatched dispatched{outcome, group};
  for (const auto& node : nodes) {
    const bool stopped = !frame.dispatch.keepgoing && !outcome.failed_nodes().empty();
    if (!stopped) group.add(run_on_node(scope, frame, at, node, context, dispatched));
  }
  co_await group.join();
  if (!outcome.failed_nodes().empty() || outcome.nodes.size() < nodes.size()) {
    outcome.end = {false, "NodeDispatchFailure", "Node dispatch failed"};
  }
  co_return outcome;
}

// The step's action, or its handler's, without the decisions around it.
base::Task<StepOutcome> perform(RunScope& scope, Frame& frame, StepPlace at, const std::vector<model::Node>& nodes,
                                const model::DataContext& context) {
  const auto& step = action_of(frame, at);
  if (is_node_step(step)) {
    auto running = dispatch(scope, frame, at, nodes, context);
    co_return co_await std::move(running);
  }
  const auto place = log_place(scope, frame, at, nullptr);
  StepOutcome outcome;
  if (const auto* reference = std::get_if<model::JobRefStep>(&step.action)) {
    auto nested = std::make_shared<model::WorkflowState>();
    frame.state->steps[at.index].workflow = nested;
    auto running =
        run_job_reference(scope, frame, *reference, context, frame.prefix + at.id(), place, std::move(nested));
    outcome = co_await std::move(running);
  } else {
    outcome = run_plugin(scope, std::get<model::PluginStep>(step.action), place);
  }
  if (!outcome.end.success) {
    scope.log.line(place, log::Level::error, "Failed: " + outcome.end.reason + ": " + outcome.end.message);
  }
  co_return outcome;
}

// `${result.reason}`, `${result.message}`, `${result.resultCode}` of the failure, for its handler.
model::DataContext handler_context(const Frame& frame, const StepOutcome& failure) {
  auto context = frame.context;
  model::DataContext::Group result{{"reason", failure.end.reason}, {"message", failure.end.message}};
  const auto failed = failure.failed_nodes();
  if (failed.size() == 1) {
    const auto& node = failure.nodes.at(failed.front());
    result["reason"] = node.failure_reason;
    result["message"] = node.message;
    if (node.exit_code >= 0) result["resultCode"] = std::to_string(node.exit_code);
  }
  if (!failed.empty()) {
    std::string names;
    for (const auto& name : failed) names += (names.empty() ? "" : ",") + name;
    result["failedNodes"] = names;
  }
  context.set_group("result", std::move(result));
  return context;
}

std::vector<model::Node> handler_nodes(const std::vector<model::Node>& nodes, const StepOutcome& failure) {
  if (nodes.size() <= 1) return nodes;
  std::vector<model::Node> failed;
  for (const auto& node : nodes) {
    const auto found = failure.nodes.find(node.name);
    if (found != failure.nodes.end() && !found->second.success) failed.push_back(node);
  }
  return failed.empty() ? nodes : failed;
}

// Runs the error handler of a failed step and decides whose outcome counts.
base::Task<StepOutcome> handle_failure(RunScope& scope, Frame& frame, std::size_t index,
                                       const std::vector<model::Node>& nodes, StepOutcome failure) {
  const StepPlace at{index, true};
  const auto& handler = action_of(frame, at);
  const auto place = log_place(scope, frame, at, nullptr);
  auto& state = frame.state->steps[index];
  scope.tracker.begin_handler(state, failure.failed_nodes());
  scope.log.event(place, kHandlerBegin);
  const auto context = handler_context(frame, failure);
  const auto targets = handler_nodes(nodes, failure);
  auto running = perform(scope, frame, at, targets, context);
  auto handled = co_await std::move(running);
  scope.log.event(place, kHandlerEnd, handled.end.message, end_meta(handled.end));
  const bool counts =
      frame.job->workflow.keepgoing || (handled.end.success && handler.keepgoing_on_success.value_or(false));
  for (const auto& name : failure.failed_nodes()) {
    const auto own = handled.nodes.find(name);
    const auto end = !counts                      ? end_of(failure.nodes.at(name))
                     : own != handled.nodes.end() ? end_of(own->second)
                                                  : handled.end;
    scope.tracker.end_node(state, name, end, frame.cancel.cancelled());
  }
  co_return counts ? std::move(handled) : std::move(failure);
}

void record_nodes(RunScope& scope, const StepOutcome& outcome) {
  for (const auto& [name, result] : outcome.nodes) {
    scope.nodes.reached.insert(name);
    if (!result.success) scope.nodes.failed.insert(name);
  }
}

}  // namespace

base::Task<StepOutcome> run_step(RunScope& scope, Frame& frame, std::size_t index, std::vector<model::Node> nodes,
                                 bool whole) {
  auto& state = frame.state->steps[index];
  const auto place = log_place(scope, frame, {index, false}, nullptr);
  scope.tracker.begin_step(state);
  scope.log.event(place, log::event_type::step_begin);
  auto running = perform(scope, frame, {index, false}, nodes, frame.context);
  auto outcome = co_await std::move(running);
  for (const auto& [name, result] : outcome.nodes) scope.nodes.reached.insert(name);
  const bool handled = !outcome.end.success && !frame.job->workflow.steps[index].error_handler.empty();
  if (handled && !frame.cancel.cancelled()) {
    auto handling = handle_failure(scope, frame, index, nodes, std::move(outcome));
    outcome = co_await std::move(handling);
  }
  record_nodes(scope, outcome);
  scope.log.event(place, log::event_type::step_end, outcome.end.message, end_meta(outcome.end));
  if (whole) {
    scope.tracker.end_step(state, outcome.end, frame.cancel.cancelled());
  } else {
    scope.tracker.settle_step(state);
  }
  co_return outcome;
}

}  // namespace qd::engine
