#include "engine/conditional_step.hpp"

#include "codec/job_decode.hpp"
#include "engine/condition.hpp"
#include "engine/workflow_runner.hpp"

namespace qd::engine {

namespace {

constexpr const char* kType = "conditional";
constexpr const char* kGroups = "conditionGroups";

Result<std::shared_ptr<const model::Job>> inner_job(const model::Job& outer, const model::Step& step) {
  const Json* written = find(step.extra, "subSteps");
  if (written == nullptr || !written->is_array() || written->get_array().empty()) {
    return fail(ErrorKind::invalid, "Conditional steps must have at least one sub-step");
  }
  codec::FieldProblem problem;
  auto workflow = codec::read_workflow({{"commands", *written}}, problem);
  if (problem.found) return fail(ErrorKind::invalid, "A sub-step of the conditional step: " + problem.message);
  auto job = std::make_shared<model::Job>(outer);
  job->workflow.steps = std::move(workflow.steps);
  if (job->workflow.strategy == "ruleset") job->workflow.strategy = "sequential";
  for (const auto& inner : job->workflow.steps) {
    if (is_node_step(inner) == is_node_step(step)) continue;
    return fail(ErrorKind::invalid, is_node_step(step) ? "Conditional step substeps must all be node steps"
                                                       : "Conditional step substeps must all be workflow steps");
  }
  return job;
}

}  // namespace

bool is_conditional(const model::Step& step) {
  const auto* plugin = std::get_if<model::PluginStep>(&step.action);
  return plugin != nullptr && plugin->type == kType && step.extra.contains(kGroups);
}

base::Task<StepOutcome> run_conditional(RunScope& scope, const NestedPlace& place, const model::Step& step,
                                        const model::Node* node) {
  const auto conditions = parse_condition_groups(step.extra.at(kGroups));
  if (!conditions) co_return StepOutcome::failure(node::reason::configuration, conditions.error().message);
  if (!holds(*conditions, place.context)) {
    place.log.line(log::Level::verbose, "The condition does not hold: the sub-steps are skipped");
    co_return StepOutcome::success();
  }
  auto job = inner_job(*place.parent.job, step);
  if (!job) co_return StepOutcome::failure(node::reason::configuration, job.error().message);
  Frame frame;
  frame.job = std::move(*job);
  frame.context = place.context;
  frame.secure = place.parent.secure;
  frame.nodes = node == nullptr ? place.parent.nodes : std::vector<model::Node>{*node};
  frame.dispatch = place.parent.dispatch;
  frame.data = place.parent.data;
  frame.project = place.parent.project;
  frame.prefix = place.path + "/";
  frame.chain = place.parent.chain;
  frame.cancel = place.parent.cancel;
  frame.state = place.state.get();
  frame.outer_log = place.log.transparent() ? nullptr : &place.log;
  auto running = run_workflow(scope, frame);
  const auto inner = co_await std::move(running);
  if (!inner.exception.empty()) place.log.line(log::Level::error, inner.exception);
  auto outcome = inner.success
                     ? StepOutcome::success()
                     : StepOutcome::failure("ConditionalStepFailed", "A sub-step of the conditional step failed");
  outcome.halt = inner.halt;
  co_return outcome;
}

}  // namespace qd::engine
