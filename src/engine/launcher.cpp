#include "engine/launcher.hpp"

#include <future>
#include <limits>

#include "base/logging.hpp"
#include "base/metrics.hpp"
#include "base/trace.hpp"
#include "base/work_context.hpp"
#include "engine/admission.hpp"
#include "engine/launcher_impl.hpp"
#include "model/state_changes.hpp"
#include "store/member_store.hpp"

namespace qd::engine {

namespace {

constexpr Millis kEndGrace{30'000};  // for runs to end after they were told to
constexpr std::size_t kMaxKnownDue = 1'000;
constexpr Millis kLiveStateLimit{2'000};
constexpr Millis kLateStart{1'000};
constexpr Millis kShortestPause{0};

tl::unexpected<Error> execution_failed(const std::string& message) {
  return fail(ErrorKind::invalid, "Execution failed: " + message, "api.error.execution.failed");
}

AbortOutcome abort_failed(model::Execution execution, std::string reason) {
  return {AbortOutcome::Status::failed, std::move(reason), std::move(execution)};
}

}  // namespace

Result<std::map<std::string, std::string>> Launcher::Impl::project_config(const std::string& name) const {
  auto project = parts.projects.find(name);
  if (!project) return fail(ErrorKind::not_found, "Project does not exist: " + name, "api.error.project.missing");
  return std::move(project->config);
}

Result<RunPlan> Launcher::Impl::admit(RunRequest request, const std::map<std::string, std::string>* known_config) {
  if (!started) return fail(ErrorKind::unavailable, "The server is not ready to run executions");
  if (mode == Mode::passive) return fail(ErrorKind::invalid, "Executions are disabled.", "api.error.job.disabled");
  auto project =
      known_config ? Result<std::map<std::string, std::string>>(*known_config) : project_config(request.job.project);
  if (!project) return fail(project.error());
  if (auto enabled = check_enabled(request.job, *project); !enabled) return fail(enabled.error());
  if (request.run_at && *request.run_at <= parts.clock.now() && !request.retry_of) {
    return execution_failed("A job cannot be scheduled for a time in the past");
  }
  return make_plan(parts, self.get(), std::move(request), std::move(*project));
}

void Launcher::Impl::retain_files(const RunPlan& plan) {
  for (const auto& option : plan.job->options) {
    if (option.type != "file") continue;
    const auto id = plan.options.plain.find(option.name);
    if (id != plan.options.plain.end() && !id->second.empty()) parts.uploads.retain(id->second, plan.execution.id);
  }
}

RunHooks Launcher::Impl::hooks() {
  return {[this](RunRequest request, const model::Execution& first) { return create_retry(std::move(request), first); },
          [this](RunPlan plan) { start_retry(std::move(plan)); }, outcomes};
}

namespace {
// Types are those of the code: what clients send does not come here.
const base::CounterFamily executions_started{"quarterdeck_executions_started_total",
                                             "Executions that began on this member, by what started them",
                                             "type",
                                             {"user", "scheduled", "user-scheduled"}};

// The trace that an execution belongs to came with its row when it waited or was forwarded.
base::Span execution_span(const model::Execution& execution) {
  const auto told = base::parse_traceparent(text_or(execution.extra, kTraceParent));
  auto span = told.trace_id.empty() ? base::Span::begin("execution", base::SpanKind::internal)
                                    : base::Span::begin("execution", base::SpanKind::consumer, told);
  span.set("quarterdeck.execution.id", execution.id);
  span.set("quarterdeck.project", execution.project);
  span.set("quarterdeck.job.id", execution.job_uuid);
  span.set("quarterdeck.job.name", execution.job_name);
  span.set("quarterdeck.execution.type", execution.type);
  return span;
}

base::Task<void> run_to_end(std::shared_ptr<Run> run, RunRegistry& registry, std::function<void()> ended) {
  auto running = run->execute();
  co_await std::move(running);
  const auto id = run->execution().id;
  run.reset();
  registry.remove(id);
  ended();
}
}  // namespace

// A process that was stopped between the row and the start may find the row to be somebody else's.
bool Launcher::Impl::still_ours(const RunPlan& plan) {
  if (!plan.written || std::chrono::steady_clock::now() - *plan.written < kLateStart) return true;
  bool ours = false;
  try {
    parts.database.run(
        [&](store::Session& session) { ours = store::ExecutionStore::hold_ours(session, plan.execution); });
  } catch (const store::DatabaseError& error) {
    base::log_warn("engine", std::string("cannot see whose execution it is now: ") + error.what());
    return true;
  }
  if (!ours) {
    base::log_warn("engine", "execution " + std::to_string(plan.execution.id) + " is not ours any more: not started");
  }
  return ours;
}

// Takes a reserved place.
void Launcher::Impl::start(RunPlan plan) {
  const auto id = plan.execution.id;
  const auto life = plan.execution.incarnation;
  if (!still_ours(plan)) return registry.release();
  // This thread may block, and has its rights at hand: the run needs no other for it.
  if (!plan.job->node_filters) plan.nodes = server_node_alone(parts, config, plan.execution);
  auto run = std::make_shared<Run>(parts, config, hooks(), std::move(plan));
  registry.add(id, run);
  const auto ended = [weak = weak_from_this()] {
    const auto launcher = weak.lock();
    if (launcher && launcher->something_waits) launcher->look_at(kShortestPause);
  };
  executions_started.with(run->execution().type).add();
  auto span = execution_span(run->execution());
  // Whatever is logged from now on on behalf of the execution says so.
  auto work = span.work();
  work.execution = id;
  run->trace(std::move(span));
  const base::WorkScope scope(std::move(work));
  base::log_debug("engine", "execution " + std::to_string(id) + " began");
  parts.loop.post([this, run = std::move(run), ended, life] {
    // It was added before: a fencing from now on finds it there.
    if (life <= over) run->lose("the other members declared this one dead");
    base::spawn(run_to_end(run, registry, ended));
  });
}

std::optional<RunPlan> Launcher::Impl::create_retry(RunRequest request, const model::Execution& first) {
  const auto project = request.job.project;
  try {
    const auto run_at = request.run_at;
    auto plan = admit(std::move(request));
    if (!plan) {
      base::log_warn("engine", "an execution in project " + project + " is not retried: " + plan.error().message);
      return std::nullopt;
    }
    bool ours = false;
    parts.database.transact([&](store::Session& session) {
      ours = store::MemberStore::hold_life(session, {plan->execution.server_uuid, plan->execution.incarnation}) &&
             store::ExecutionStore::hold_ours(session, first);
      if (!ours) return;
      const auto now = parts.clock.now();
      plan->execution.status = run_at ? model::status::scheduled : model::status::running;
      plan->execution.scheduled_for = run_at;
      plan->execution.started = run_at ? std::nullopt : std::optional(now);
      plan->execution.id = store::ExecutionStore::create(session, plan->execution);
      store::ExecutionStore::set_retried_as(session, first, plan->execution.id);
    });
    if (!ours) return std::nullopt;
    retain_files(*plan);
    return std::move(*plan);
  } catch (const store::DatabaseError& error) {
    base::log_warn("engine", "an execution in project " + project + " is not retried: " + error.what());
    return std::nullopt;
  }
}

void Launcher::Impl::start_retry(RunPlan plan) {
  if (plan.execution.status == model::status::scheduled) {
    look_for(plan.execution.id, *plan.execution.scheduled_for, std::move(plan.given));
    return;
  }
  registry.reserve(std::numeric_limits<std::size_t>::max());
  start(std::move(plan));
}

AbortOutcome Launcher::Impl::abort_elsewhere(model::Execution execution, const std::string& user,
                                             const std::string& reason, bool force) {
  if (model::is_final(execution.status)) return abort_failed(std::move(execution), "Job is not running");
  const auto now = parts.clock.now();
  if (execution.status != model::status::running) {
    if (!parts.executions.cancel_waiting(execution.id, user, now)) {
      return abort_failed(std::move(execution), "Unable to modify the execution");
    }
    due.take(execution.id);
  } else if (execution.server_uuid != config.server_uuid && !force && parts.cluster.abort &&
             parts.cluster.abort(execution, user, reason)) {
    return {AbortOutcome::Status::pending, {}, std::move(execution)};
  } else if (execution.server_uuid != config.server_uuid && !force && !parts.cluster.abort) {
    auto reason_against = "Execution is running on a different cluster server: " + execution.server_uuid;
    return abort_failed(std::move(execution), std::move(reason_against));
  } else {
    store::ExecutionOutcome outcome;
    outcome.status = force ? model::status::incomplete : model::status::aborted;
    outcome.ended = now;
    outcome.aborted_by = user;
    outcome.abort_reason = reason;
    auto closed = execution;
    closed.status = outcome.status;
    closed.ended = now;
    closed.aborted_by = user;
    closed.abort_reason = reason;
    outcome.deliveries = deliveries_of_end(closed);
    if (!parts.executions.finish(execution.id, execution.server_uuid, execution.incarnation, outcome)) {
      return abort_failed(std::move(execution), "Job is not running");
    }
    if (!outcome.deliveries.empty() && parts.notifications.stored) parts.notifications.stored();
  }
  parts.hub.publish({log::HubEvent::Kind::completed, execution.id, execution.log_size});
  auto after = parts.executions.find(execution.id);
  return {AbortOutcome::Status::aborted, force ? "Marked as incomplete" : "",
          after ? std::move(*after) : std::move(execution)};
}

Launcher::Launcher(LauncherParts parts, LauncherConfig config)
    : impl_(std::make_shared<Impl>(std::move(parts), std::move(config))) {}

Launcher::~Launcher() {
  stop(Millis{0});
}

void Launcher::start() {
  auto& parts = impl_->parts;
  const auto here = impl_->self.get();
  const auto closed =
      impl_->config.closes_orphans ? parts.executions.close_orphans(here.uuid, here.number, parts.clock.now()) : 0;
  if (closed > 0) {
    base::log_warn("engine", std::to_string(closed) + " executions of an earlier start are closed as incomplete");
  }
  store::ExecutionQuery query;
  query.statuses = {model::status::scheduled};
  query.max = kMaxKnownDue;
  for (const auto& execution : parts.executions.query(query).executions) {
    if (execution.scheduled_for) impl_->due.add_time(execution.id, *execution.scheduled_for);
  }
  impl_->started = true;
  impl_->look_later();
}

void Launcher::stop(Millis drain) noexcept {
  try {
    if (!impl_->started.exchange(false)) return;
    impl_->look_later();
    if (impl_->registry.wait_empty(drain)) return;
    for (const auto& run : impl_->registry.all()) {
      impl_->parts.loop.post([run] { run->abort("system", "the server stopped"); });
    }
    if (!impl_->registry.wait_empty(kEndGrace)) {
      base::log_error("engine", std::to_string(impl_->registry.size()) + " executions did not end when told to");
    }
  } catch (const std::exception& error) {
    base::log_error("engine", std::string("stopping the executions failed: ") + error.what());
  }
}

AbortOutcome Launcher::abort(model::ExecutionId id, const std::string& user, const std::string& reason, bool force) {
  if (auto run = impl_->registry.find(id)) {
    AbortOutcome outcome{AbortOutcome::Status::pending, {}, run->execution()};
    impl_->parts.loop.post([run, user, reason] { run->abort(user, reason); });
    return outcome;
  }
  auto execution = impl_->parts.executions.find(id);
  if (!execution) return abort_failed({}, "Execution does not exist: " + std::to_string(id));
  return impl_->abort_elsewhere(std::move(*execution), user, reason, force);
}

std::optional<Launcher::LiveState> Launcher::live_state(model::ExecutionId id, UnixMillis since) {
  auto run = impl_->registry.find(id);
  if (!run) return std::nullopt;
  const auto promise = std::make_shared<std::promise<LiveState>>();
  auto answer = promise->get_future();
  // Copied there, so that the loop has more important things to do than to write JSON.
  impl_->parts.loop.post([run = std::move(run), promise, since, &clock = impl_->parts.clock] {
    promise->set_value({model::changes_of(run->state(), since), clock.now()});
  });
  if (answer.wait_for(kLiveStateLimit) != std::future_status::ready) return std::nullopt;
  return answer.get();
}

std::size_t Launcher::running() const {
  return impl_->registry.size();
}

std::vector<model::ExecutionId> Launcher::running_ids() const {
  return impl_->registry.ids();
}

Launcher::Mode Launcher::mode() const {
  return impl_->mode;
}

void Launcher::set_mode(Mode mode) {
  impl_->mode = mode;
  if (mode == Mode::active && impl_->started) look_now();  // what came due, or was queued for it, meanwhile
}

void Launcher::look_now() {
  impl_->look_at(kShortestPause);
}

void Launcher::fence(std::int64_t over, const std::string& why) {
  impl_->over = over;
  for (const auto& run : impl_->registry.all()) {
    impl_->parts.loop.post([run, why] { run->lose(why); });
  }
}

std::vector<store::Delivery> Launcher::deliveries_of_end(const model::Execution& closed) {
  return impl_->deliveries_of_end(closed);
}

bool Launcher::wait_finished(model::ExecutionId id, Millis limit) {
  return impl_->registry.wait_gone(id, limit);
}

}  // namespace qd::engine
