#include "engine/job_reference.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "engine/job_context.hpp"
#include "engine/node_selection.hpp"
#include "engine/notifications.hpp"
#include "engine/workflow_runner.hpp"
#include "model/arg_string.hpp"
#include "model/date_text.hpp"
#include "model/duration.hpp"
#include "model/expand.hpp"

namespace qd::engine {

namespace {

constexpr std::size_t kMaxDepth = 50;
constexpr int kMaxReferences = 10'000;

std::string identifier(const model::JobRefStep& reference) {
  if (!reference.uuid.empty() && !reference.use_name) return reference.uuid;
  return reference.group.empty() ? reference.name : reference.group + "/" + reference.name;
}

// The job that is meant. Blocks.
Result<model::Job> find_job(store::JobStore& jobs, const model::JobRefStep& reference, const std::string& project) {
  if (!reference.uuid.empty() && !reference.use_name) {
    auto stored = jobs.find(reference.uuid);
    if (stored) return std::move(stored->job);
    return fail(ErrorKind::not_found, "Job [" + reference.uuid + "] not found by uuid, project: " + project);
  }
  auto found = jobs.find_by_name(project, reference.group, reference.name);
  if (found.size() == 1) return std::move(found.front().job);
  return fail(ErrorKind::not_found, "Job [" + identifier(reference) + "] not found by name, project: " + project);
}

// The option values that the reference hands over. Secret values of the parent reach secure options only.
model::OptionValues handed_values(const Frame& parent, const model::JobRefStep& reference, const model::Job& job,
                                  const model::DataContext& context, UnixMillis now) {
  auto secret_context = context;
  auto all = context.group("option");
  for (const auto& [name, value] : parent.secure) all[name] = value;
  secret_context.set_group("option", std::move(all));
  model::OptionValues values;
  if (reference.import_options) {
    for (const auto& option : job.options) {
      const auto& source = option.secure ? secret_context : context;
      if (const auto* value = source.find("option", option.name)) values[option.name] = *value;
    }
  }
  for (const auto& [name, written] : model::parse_options(reference.args)) {
    const auto option = std::ranges::find(job.options, name, &model::Option::name);
    const bool secure = option != job.options.end() && option->secure;
    auto value = model::expand_text(model::expand_dates(written, now), secure ? secret_context : context);
    const bool absent = value.empty() && written.starts_with("${option.");  // let the referenced job's default stand
    if (!absent) values[name] = std::move(value);
  }
  return values;
}

std::optional<model::NodeFilters> effective_filters(const model::JobRefStep& reference, const model::Job& job) {
  if (!reference.node_filters) return job.node_filters;
  if (reference.node_filters->filter.empty() && !job.node_filters) return std::nullopt;
  auto filters = *reference.node_filters;
  if (job.node_filters) {
    if (filters.filter.empty()) {
      filters.filter = job.node_filters->filter;
      filters.filter_exclude = job.node_filters->filter_exclude;
    }
    const auto& own = job.node_filters->dispatch;
    auto& wanted = filters.dispatch;
    if (!wanted.threadcount) wanted.threadcount = own.threadcount;
    if (!wanted.keepgoing) wanted.keepgoing = own.keepgoing;
    if (wanted.rank_attribute.empty()) wanted.rank_attribute = own.rank_attribute;
    if (!wanted.rank_ascending) wanted.rank_ascending = own.rank_ascending;
    if (!wanted.success_on_empty_node_filter) wanted.success_on_empty_node_filter = own.success_on_empty_node_filter;
  }
  return filters;
}

model::DataContext::Group job_group_for(const Frame& parent, const model::Job& job) {
  auto group = parent.context.group("job");
  group["id"] = job.uuid;
  group["name"] = job.name;
  group["group"] = job.group;
  group["project"] = job.project;
  return group;
}

// What a reference was resolved to.
struct Resolved {
  std::shared_ptr<const model::Job> job;
  Frame frame;
  NodeChoice nodes;
};

StepOutcome refuse(StepLog& log, const char* reason, const std::string& message, const std::string& line = {}) {
  log.line(log::Level::error, line.empty() ? message : line);
  return StepOutcome::failure(reason, message);
}

std::optional<StepOutcome> guard(RunScope& scope, const NestedPlace& place, const std::string& name,
                                 const model::Job& job) {
  const auto& parent = place.parent;
  auto& log = place.log;
  const char* reason = node::reason::configuration;
  if (std::ranges::find(parent.chain, job.uuid) != parent.chain.end()) {
    return refuse(log, reason,
                  "Job [" + name + "] refers to itself: " + base::join(parent.chain, " -> ") + " -> " + job.uuid);
  }
  if (parent.chain.size() >= kMaxDepth) {
    return refuse(log, reason,
                  "Job [" + name + "] is nested more than " + std::to_string(kMaxDepth) + " references deep");
  }
  if (++scope.references > kMaxReferences) {
    return refuse(log, reason, "The execution starts more than " + std::to_string(kMaxReferences) + " job references");
  }
  return std::nullopt;
}

// Options, context and nodes of the referenced job. Blocks (nodes, secrets).
Result<Resolved> resolve(RunScope& scope, const Frame& parent, const model::JobRefStep& reference, model::Job job,
                         const model::DataContext& context) {
  Resolved resolved;
  const auto values = handed_values(parent, reference, job, context, scope.parts.clock.now());
  const auto& execution = scope.execution;
  const auto options = model::resolve_options(
      job, values, {vault::reading_for(scope.parts.read_secret, {execution.user, execution.roles}), {}});
  if (!options) return fail(options.error());
  auto& frame = resolved.frame;
  frame.context = parent.context;
  frame.context.set_group("job", job_group_for(parent, job));
  frame.context.set_group("option", option_group(job, *options, parent.context));
  frame.secure = options->secure;
  for (const auto& [name, value] : options->secure_exposed) frame.secure[name] = value;
  frame.project = reference.child_nodes ? job.project : parent.project;
  const auto filters = effective_filters(reference, job);
  // A filter of the reference speaks of the parent's options.
  const bool own_filter = reference.node_filters && !reference.node_filters->filter.empty();
  resolved.nodes = choose_nodes(scope.parts, scope.config, scope.execution, filters, frame.project,
                                own_filter ? context : frame.context);
  if (reference.node_filters && reference.node_filters->dispatch.node_intersect.value_or(false)) {
    std::erase_if(resolved.nodes.nodes, [&](const model::Node& node) {
      return std::ranges::find(parent.nodes, node.name, &model::Node::name) == parent.nodes.end();
    });
  }
  frame.nodes = resolved.nodes.nodes;
  frame.dispatch = resolved.nodes.dispatch;
  frame.chain = parent.chain;
  frame.chain.push_back(job.uuid);
  if (auto chosen = orchestrate(job.orchestrator, scope.seed(job.uuid), frame.nodes, frame.dispatch); !chosen) {
    return fail(chosen.error());
  }
  resolved.job = std::make_shared<const model::Job>(std::move(job));
  frame.job = resolved.job;
  return resolved;
}

// Ends `source` after the referenced job's own timeout; the timer goes with the object.
class ReferenceTimeout {
 public:
  ReferenceTimeout(base::EventLoop& loop, const base::CancelSource& source, const Frame& frame) : loop_(loop) {
    const auto limit = model::parse_duration(model::expand_text(frame.job->timeout, frame.context));
    if (!limit || limit->count() <= 0) return;
    timer_ = loop.after(*limit, [&source] { source.cancel("timeout of the referenced job"); });
  }
  ~ReferenceTimeout() {
    if (timer_ != 0) loop_.cancel(timer_);
  }
  ReferenceTimeout(const ReferenceTimeout&) = delete;
  ReferenceTimeout& operator=(const ReferenceTimeout&) = delete;

 private:
  base::EventLoop& loop_;
  base::EventLoop::TimerId timer_ = 0;
};

// Exported variables of the referenced job reach the steps after the reference.
void take_exports(const NestedPlace& place, const Frame& frame) {
  for (const auto& [name, value] : frame.data->group("export")) {
    place.parent.data->set(place.step, "", "export", name, value);
  }
}

// What the referenced job's own notifications are told; the execution is that of the job that refers to it.
model::NotificationEvent event_of(const RunScope& scope, const Frame& frame, const char* trigger) {
  return {trigger, scope.execution, frame.job,
          tellable_context(*frame.job, frame.context, frame.data.get(), scope.log.masker())};
}

base::Task<StepOutcome> run_resolved(RunScope& scope, const NestedPlace& place, Frame& frame, const std::string& name,
                                     bool quiet) {
  for (const auto& [option, value] : frame.secure) scope.log.masker().add(value);
  const base::CancelSource cancel(place.parent.cancel);
  frame.cancel = cancel.token();
  frame.state = place.state.get();
  frame.prefix = place.path + "/";
  frame.outer_log = place.log.transparent() ? nullptr : &place.log;
  const ReferenceTimeout timeout(scope.parts.loop, cancel, frame);
  DurationWatch watch(scope.parts.loop);
  const auto wanted = [&](const char* trigger) { return !quiet && wants_telling(scope.parts, *frame.job, trigger); };
  if (wanted(model::trigger::start)) {
    auto telling = tell(scope.parts, event_of(scope, frame, model::trigger::start));
    co_await std::move(telling);
  }
  if (wanted(model::trigger::average_duration)) {
    auto watching = watch.start(scope.parts, event_of(scope, frame, model::trigger::average_duration));
    co_await std::move(watching);
  }
  auto running = run_workflow(scope, frame);
  const auto outcome = co_await std::move(running);
  watch.stop();
  if (const char* trigger = outcome.success ? model::trigger::success : model::trigger::failure; wanted(trigger)) {
    auto telling = tell(scope.parts, event_of(scope, frame, trigger));
    co_await std::move(telling);
  }
  take_exports(place, frame);
  if (outcome.success) co_return StepOutcome::success();
  if (!outcome.exception.empty()) place.log.line(log::Level::error, outcome.exception);
  co_return StepOutcome::failure("JobFailed", "Job [" + name + "] failed");
}

}  // namespace

base::Task<StepOutcome> run_job_reference(RunScope& scope, const NestedPlace& place,
                                          const model::JobRefStep& reference) {
  const auto name = identifier(reference);
  const auto project = reference.project.empty() ? scope.execution.project : reference.project;
  auto finding = base::run_on(scope.parts.pool, scope.parts.loop, [&] {
    auto found = find_job(scope.parts.jobs, reference, project);
    const auto& may_run = scope.parts.rights.may_run;
    if (found && may_run && !may_run(scope.execution, *found)) {
      found =
          fail(ErrorKind::unauthorized, "Job [" + name + "]: " + scope.execution.user + " is not authorized to run it");
    }
    return found;
  });
  auto job = co_await finding;
  if (!job) {
    const bool refused = job.error().kind == ErrorKind::unauthorized;
    co_return refuse(place.log, refused ? "Unauthorized" : "NotFound", job.error().message);
  }
  if (!job->execution_enabled) {
    if (!reference.fail_on_disable) co_return StepOutcome::success();
    co_return StepOutcome::failure("ExecutionsDisabled", "Job [" + name + "] execution disabled");
  }
  if (auto refused = guard(scope, place, name, *job)) co_return std::move(*refused);
  auto resolving = base::run_on(scope.parts.pool, scope.parts.loop, [&] {
    return resolve(scope, place.parent, reference, std::move(*job), place.context);
  });
  auto resolved = co_await resolving;
  if (!resolved) {
    co_return refuse(place.log, "InvalidOptions", resolved.error().message,
                     "Option input was not valid for [" + name + "]: " + resolved.error().message);
  }
  if (resolved->frame.nodes.empty()) {
    if (resolved->nodes.empty_is_fine) co_return StepOutcome::success();
    co_return refuse(place.log, "NoMatchedNodes", "No nodes matched for the filters: " + resolved->nodes.filter);
  }
  auto running = run_resolved(scope, place, resolved->frame, name, reference.ignore_notifications);
  co_return co_await std::move(running);
}

}  // namespace qd::engine
