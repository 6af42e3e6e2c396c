#include "engine/step_runner.hpp"

#include "base/trace.hpp"
#include "engine/conditional_step.hpp"
#include "engine/dispatcher.hpp"
#include "engine/job_reference.hpp"
#include "engine/node_step.hpp"
#include "engine/plugin_step.hpp"

namespace qd::engine {

namespace {

using node::NodeResult;

constexpr const char* kHandlerBegin = "handlerbegin";
constexpr const char* kHandlerEnd = "handlerend";
constexpr int kMostStepSpans = 1'000;  // of one execution: steps on thousands of nodes would drown its trace

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

// One step, or its handler, on its way.
struct StepRun {
  RunScope& scope;
  Frame& frame;
  StepPlace at;
  const LogFilters& filters;
  const model::DataContext& context;

  const model::Step& step() const { return action_of(frame, at); }
  std::size_t number() const { return at.index + 1; }
  std::string path() const { return frame.prefix + at.id(); }
  StepLog log_for(const model::Node* node) const {
    return {scope.log, log_place(scope, frame, at, node), filters,        *frame.data,
            number(),  node == nullptr ? "" : node->name, frame.outer_log};
  }
};

// The span of a step, on `node` or as a whole.
base::Span step_span(const StepRun& run, const model::Node* node) {
  if (!base::tracing() || ++run.scope.step_spans > kMostStepSpans) return {};
  auto span = base::Span::begin("step " + run.path(), base::SpanKind::internal);
  span.set("quarterdeck.execution.id", run.scope.execution.id);
  span.set("quarterdeck.step", run.path());
  if (node != nullptr) span.set("quarterdeck.node", node->name);
  return span;
}

base::Task<NodeResult> run_nested_on_node(const StepRun& run, const NodeTask& task) {
  auto nested = std::make_shared<model::WorkflowState>();
  run.frame.state->steps[run.at.index].node_workflows[task.node.name] = nested;
  const auto path = run.path() + "@node=" + task.node.name;
  const NestedPlace place{run.frame, task.context, path, run.number(), task.node.name, task.log, nested};
  base::Task<StepOutcome> running;
  if (const auto* reference = std::get_if<model::JobRefStep>(&run.step().action)) {
    running = run_job_reference(run.scope, place, *reference);
  } else {
    running = run_conditional(run.scope, place, run.step(), &task.node);
  }
  const auto outcome = co_await std::move(running);
  if (outcome.end.success) co_return NodeResult::ok();
  co_return NodeResult::failure(outcome.end.reason, outcome.end.message);
}

base::Task<NodeResult> act_on_node(const StepRun& run, const NodeTask& task) {
  const auto& action = run.step().action;
  base::Task<NodeResult> running;
  if (const auto* command = std::get_if<model::CommandStep>(&action)) {
    running = run_command(task, *command);
  } else if (const auto* script = std::get_if<model::ScriptStep>(&action)) {
    running = run_script(task, *script);
  } else if (std::holds_alternative<model::JobRefStep>(action) || is_conditional(run.step())) {
    running = run_nested_on_node(run, task);
  } else {
    running = run_node_plugin(task, run.number(), std::get<model::PluginStep>(action));
  }
  co_return co_await std::move(running);
}

// What one dispatch gathers from its nodes.
struct Dispatched {
  const StepRun& run;
  StepOutcome outcome;
  std::size_t failed = 0;
};

void tell_failure(StepLog& log, const NodeResult& result) {
  if (result.failure_reason == node::reason::non_zero) {
    log.line(log::Level::error, "Result: " + std::to_string(result.exit_code));
  }
  log.line(log::Level::error, "Failed: " + result.failure_reason + ": " + result.message);
}

base::Task<bool> run_on_node(Dispatched& all, const model::Node& node) {
  const auto& run = all.run;
  auto& scope = run.scope;
  auto& frame = run.frame;
  auto& state = frame.state->steps[run.at.index];
  auto log = run.log_for(&node);
  const auto context = frame.step_context(run.context, node);
  scope.tracker.begin_node(state, node.name);
  scope.log.event(log.place(), log::event_type::node_begin);
  const NodeTask task{scope, frame, node, context, log};
  auto span = step_span(run, &node);
  auto acting = act_on_node(run, task);
  auto result = co_await std::move(acting);
  if (!result.success) span.fail(result.failure_reason);
  span.end();
  if (result.exit_code >= 0) frame.data->set_exit_code(run.number(), node.name, result.exit_code);
  log.finish();
  if (!result.success) {
    ++all.failed;
    tell_failure(log, result);
  }
  const auto end = end_of(result);
  scope.log.event(log.place(), log::event_type::node_end, end.message, end_meta(end));
  scope.tracker.end_node(state, node.name, end, frame.cancel.cancelled());
  const bool success = result.success;
  all.outcome.nodes[node.name] = std::move(result);
  co_return success;
}

base::Task<StepOutcome> dispatch(const StepRun& run, const NodeRefs& nodes) {
  Dispatched all{run, {}, 0};
  all.outcome.by_nodes = true;
  Dispatcher dispatcher(run.scope.parts.loop, run.frame.dispatch, nodes, run.frame.cancel,
                        [&](const model::Node& node) { return run_on_node(all, node); });
  auto running = dispatcher.run();
  co_await std::move(running);
  if (all.failed > 0 || all.outcome.nodes.size() < nodes.size()) {
    all.outcome.end = {false, "NodeDispatchFailure", "Node dispatch failed"};
  }
  co_return std::move(all.outcome);
}

base::Task<StepOutcome> run_nested(const StepRun& run, StepLog& log) {
  auto nested = std::make_shared<model::WorkflowState>();
  run.frame.state->steps[run.at.index].workflow = nested;
  const NestedPlace place{run.frame, run.context, run.path(), run.number(), "", log, nested};
  base::Task<StepOutcome> running;
  if (const auto* reference = std::get_if<model::JobRefStep>(&run.step().action)) {
    running = run_job_reference(run.scope, place, *reference);
  } else {
    running = run_conditional(run.scope, place, run.step(), nullptr);
  }
  co_return co_await std::move(running);
}

base::Task<StepOutcome> run_once(const StepRun& run) {
  auto log = run.log_for(nullptr);
  const WorkflowTask task{run.scope, run.frame, run.context, log, run.number()};
  base::Task<StepOutcome> running;
  if (std::holds_alternative<model::JobRefStep>(run.step().action) || is_conditional(run.step())) {
    running = run_nested(run, log);
  } else {
    running = run_workflow_plugin(task, std::get<model::PluginStep>(run.step().action));
  }
  auto span = step_span(run, nullptr);
  auto outcome = co_await std::move(running);
  if (!outcome.end.success) span.fail(outcome.end.reason);
  span.end();
  log.finish();
  if (!outcome.end.success) {
    log.line(log::Level::error, "Failed: " + outcome.end.reason + ": " + outcome.end.message);
  }
  co_return outcome;
}

// The step's action, or its handler's, without the decisions around it.
base::Task<StepOutcome> perform(RunScope& scope, Frame& frame, StepPlace at, const NodeRefs& nodes,
                                const model::DataContext& context) {
  const auto& step = action_of(frame, at);
  const auto filters = frame.filters_of(scope, step, 2 * at.index + (at.handler ? 1 : 0));
  if (!filters) {
    const auto place = log_place(scope, frame, at, nullptr);
    scope.log.line(place, log::Level::error, filters.error().message);
    co_return StepOutcome::failure(node::reason::configuration, filters.error().message);
  }
  const StepRun run{scope, frame, at, **filters, context};
  base::Task<StepOutcome> running = is_node_step(step) ? dispatch(run, nodes) : run_once(run);
  co_return co_await std::move(running);
}

// `${result.reason}`, `${result.message}`, `${result.resultCode}` of the failure, for its handler.
model::DataContext handler_context(const Frame& frame, const StepOutcome& failure) {
  auto context = frame.step_context();
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

NodeRefs handler_nodes(const NodeRefs& nodes, const StepOutcome& failure) {
  if (nodes.size() <= 1) return nodes;
  NodeRefs failed;
  for (const auto* node : nodes) {
    const auto found = failure.nodes.find(node->name);
    if (found != failure.nodes.end() && !found->second.success) failed.push_back(node);
  }
  return failed.empty() ? nodes : failed;
}

// Runs the error handler of a failed step and decides whose outcome counts.
base::Task<StepOutcome> handle_failure(RunScope& scope, Frame& frame, std::size_t index, const NodeRefs& nodes,
                                       StepOutcome failure) {
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
  (handled.halt ? failure.halt : handled.halt) = handled.halt ? handled.halt : failure.halt;
  co_return counts ? std::move(handled) : std::move(failure);
}

void record_nodes(RunScope& scope, const StepOutcome& outcome) {
  for (const auto& [name, result] : outcome.nodes) {
    scope.nodes.reached.insert(name);
    if (!result.success) scope.nodes.failed.insert(name);
  }
}

}  // namespace

base::Task<StepOutcome> run_step(RunScope& scope, Frame& frame, std::size_t index, NodeRefs nodes, bool whole) {
  auto& state = frame.state->steps[index];
  const auto place = log_place(scope, frame, {index, false}, nullptr);
  scope.tracker.begin_step(state);
  scope.log.event(place, log::event_type::step_begin);
  const auto context = frame.step_context();
  auto running = perform(scope, frame, {index, false}, nodes, context);
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
