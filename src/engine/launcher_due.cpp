#include <algorithm>
#include <set>

#include "base/logging.hpp"
#include "engine/admission.hpp"
#include "engine/launcher_impl.hpp"
#include "model/option_rules.hpp"

namespace qd::engine {

namespace {

constexpr Millis kLookAtLeast{10'000};  // for what other members wrote
constexpr Millis kLookAtQueue{1'000};   // while something waits for room
constexpr Millis kForget{60'000};       // what another member took
constexpr std::size_t kQueueBatch = 200;
constexpr Millis kShortestLook{20};
constexpr Millis kSecretsLife{6 * 60'000};  // longer than that of the message that brings them
constexpr std::size_t kDueBatch = 50;

}  // namespace

// Sets the timer to the next time that something is due.
void Launcher::Impl::look_later() {
  auto pause = something_waits ? kLookAtQueue : kLookAtLeast;
  if (const auto next = due.next()) {
    pause = std::clamp(Millis{std::max<UnixMillis>(*next, 0) - parts.clock.now()}, kShortestLook, pause);
  }
  look_at(pause);
}

// What waits on loop and pool must not keep the launcher alive.
void Launcher::Impl::look_at(Millis pause) {
  parts.loop.post([weak = weak_from_this(), pause] {
    const auto self = weak.lock();
    if (!self) return;
    auto& loop = self->parts.loop;
    if (self->look_timer != 0) loop.cancel(self->look_timer);
    self->look_timer = 0;
    if (!self->started) return;
    self->look_timer = loop.after(pause, [weak] {
      const auto ticked = weak.lock();
      if (!ticked) return;
      ticked->look_timer = 0;
      ticked->parts.pool.post([weak] {
        if (const auto looking = weak.lock()) looking->look();
      });
    });
  });
}

void Launcher::Impl::look() {
  if (looking.exchange(true)) {
    look_again = true;
    return;
  }
  look_again = false;
  try {
    if (started) settle_unanswered();
    while (started && mode == Mode::active) {
      const auto executions = parts.executions.due(parts.clock.now(), kDueBatch);
      bool room = true;
      for (const auto& execution : executions) room = room && start_waiting(execution) != Start::full;
      if (!room || executions.size() < kDueBatch) break;
    }
    if (started && mode == Mode::active) look_at_queue();
    due.forget_before(parts.clock.now() - kForget.count());
  } catch (const store::DatabaseError& error) {
    base::log_warn("engine", std::string("looking for scheduled executions failed: ") + error.what());
  }
  looking = false;
  if (look_again) return look_at(Millis{0});
  look_later();
}

// Executions that were forwarded to this member, that no policy gave to anyone, or that wait for their job.
void Launcher::Impl::look_at_queue() {
  std::set<std::string> full_jobs;  // the first of a job's queue goes first
  bool left = false;
  for (const auto& execution : parts.executions.queued(config.server_uuid, kQueueBatch)) {
    const Json* why = find(execution.extra, "waits");
    const bool shared = why != nullptr && why->is_string() && why->get_string() == "queue";
    const bool sealed = execution.extra.contains("sealed") && !due.knows(execution.id);
    const bool no_room = shared && registry.size() >= config.queue_room;
    if (sealed && execution.server_uuid == config.server_uuid && waited(execution) > kSecretsLife) {
      give_up(execution);
      continue;
    }
    if (sealed || no_room || full_jobs.contains(execution.job_uuid) || (shared && !may_take(execution))) {
      left = true;
      continue;
    }
    const auto outcome = start_waiting(execution);
    if (outcome == Start::limit) full_jobs.insert(execution.job_uuid);
    left = left || outcome == Start::limit || outcome == Start::full;
    if (outcome == Start::full) break;
  }
  something_waits = left;
}

bool Launcher::Impl::may_take(const model::Execution& execution) const {
  if (!parts.cluster.may_take) return true;
  const Json* from = find(execution.extra, "from");
  return parts.cluster.may_take(execution.project, from == nullptr ? "" : scalar_text(*from).value_or(""));
}

Millis Launcher::Impl::waited(const model::Execution& execution) const {
  return Millis{parts.clock.now() - execution.scheduled_for.value_or(parts.clock.now())};
}

// Both members that knew its secure options are gone, or have forgotten them in a restart.
void Launcher::Impl::give_up(const model::Execution& execution) {
  if (!parts.executions.cancel_waiting(execution.id, "system", parts.clock.now())) return;
  base::log_error("engine", "execution " + std::to_string(execution.id) +
                                " is closed: nobody who knew its secure options is left. Run its job again");
  parts.hub.publish({log::HubEvent::Kind::completed, execution.id, execution.log_size});
}

Launcher::Impl::Start Launcher::Impl::start_waiting(const model::Execution& execution) {
  if (!registry.reserve(config.max_running)) return Start::full;
  try {
    auto plan = plan_due(execution);
    const auto now = parts.clock.now();
    const auto here = self.get();
    const auto taken_at = std::chrono::steady_clock::now();
    const auto limit = plan.refusal.empty() && !execution.retry_of ? running_limit(*plan.job) : std::nullopt;
    bool taken = limit ? parts.executions.start_within_limit(execution.id, now, here.uuid, here.number, *limit)
                       : parts.executions.start(execution.id, now, here.uuid, here.number);
    if (!taken && limit && parts.executions.count_running(execution.job_uuid) >= *limit) {
      if (execution.status == model::status::queued || queue_size(*plan.job)) {
        registry.release();
        return Start::limit;
      }
      plan.refusal = "Limit of running executions has been reached when its time came";
      taken = parts.executions.start(execution.id, now, here.uuid, here.number);
    }
    if (!taken) {
      due.take(execution.id);
      registry.release();
      return Start::gone;
    }
    due.take(execution.id);
    plan.execution.status = model::status::running;
    plan.execution.started = now;
    plan.execution.server_uuid = here.uuid;
    plan.execution.incarnation = here.number;
    plan.written = taken_at;
    start(std::move(plan));
  } catch (...) {
    registry.release();
    ask_later(execution, Unanswered::Then::run);
    throw;
  }
  return Start::done;
}

// A row whose time has come, as something to run. What is wrong with it by now is told by its own log.
RunPlan Launcher::Impl::plan_due(model::Execution execution) {
  RunPlan plan;
  model::Job job;
  if (execution.ad_hoc) {
    job = *execution.ad_hoc;
  } else if (auto stored = parts.jobs.find(execution.job_uuid)) {
    job = std::move(stored->job);
  } else {
    plan.refusal = "Job ID does not exist: " + execution.job_uuid;
  }
  if (auto project = project_config(execution.project)) {
    plan.project_config = std::move(*project);
    if (auto enabled = check_enabled(job, plan.project_config); !enabled) plan.refusal = enabled.error().message;
  } else {
    plan.refusal = project.error().message;
  }
  if (execution.node_filter != (job.node_filters ? job.node_filters->filter : "")) {
    if (!job.node_filters) job.node_filters.emplace();
    job.node_filters->filter = execution.node_filter;
    job.node_filters->filter_exclude.clear();
  }
  plan.given = execution.options;
  for (auto& [name, value] : due.given(execution.id).value_or(std::map<std::string, std::string>())) {
    plan.given[name] = value;
  }
  auto options = model::resolve_options(job, plan.given,
                                        {vault::reading_for(parts.read_secret, {execution.user, execution.roles}), {}});
  if (options) {
    plan.options = std::move(*options);
  } else if (plan.refusal.empty()) {
    plan.refusal = "Job options were not valid: " + options.error().message;
  }
  plan.job = std::make_shared<const model::Job>(std::move(job));
  plan.execution = std::move(execution);
  return plan;
}

}  // namespace qd::engine
