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
constexpr int kMostPages = 50;  // of the queue, in one look
constexpr Millis kShortestLook{20};
constexpr Millis kSecretsLife{6 * 60'000};  // longer than that of the message that brings them
constexpr std::size_t kDueBatch = 50;
constexpr int kMostRaces = 5;

}  // namespace

// Sets the timer to the next time that something is due.
void Launcher::Impl::look_later() {
  auto pause = something_waits ? kLookAtQueue : kLookAtLeast;
  const auto now = parts.clock.now();
  // What was due at the last look, and waits all the same, is no reason to look all the time.
  if (const auto next = due.next(std::min<UnixMillis>(last_look, now))) {
    pause = std::clamp(Millis{std::max<UnixMillis>(*next, 0) - now}, kShortestLook, pause);
  }
  look_at(pause);
}

void Launcher::Impl::look_for(model::ExecutionId id, UnixMillis time, std::map<std::string, std::string> given) {
  due.add(id, time, std::move(given));
  // The last look may have been before the row was there.
  time <= last_look ? look_at(kShortestLook) : look_later();
}

// What waits on loop and pool must not keep the launcher alive.
void Launcher::Impl::look_at(Millis pause) {
  parts.loop.post([weak = weak_from_this(), pause] {
    const auto self = weak.lock();
    if (!self) return;
    auto& loop = self->parts.loop;
    const auto at = std::chrono::steady_clock::now() + pause;
    // Whoever found nothing to do, and would look much later, does not put off what somebody was just told of.
    if (self->started && self->look_timer != 0 && self->look_due <= at) return;
    if (self->look_timer != 0) loop.cancel(self->look_timer);
    self->look_timer = 0;
    if (!self->started) return;
    self->look_due = at;
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
  if (!look_gate.enter()) return;
  do {
    try {
      last_look = parts.clock.now();
      if (started) settle_unanswered();
      if (started && mode == Mode::active) {
        const bool due_left = look_for_due();
        const bool queue_left = look_at_queue();
        something_waits = due_left || queue_left;
      }
      due.forget_before(parts.clock.now() - kForget.count());
    } catch (const std::exception& error) {
      something_waits = true;  // for all that is known
      base::log_warn("engine",
                     std::string("looking for scheduled executions failed, and is tried again: ") + error.what());
    }
  } while (look_gate.leave());
  look_later();
}

// True: something waits on, though its time has come.
bool Launcher::Impl::look_for_due() {
  bool more = true, left = false;
  while (more && started && mode == Mode::active) {
    const auto executions = parts.executions.due(parts.clock.now(), kDueBatch);
    bool room = true, moved = false;
    for (const auto& execution : executions) {
      const auto outcome = room ? try_waiting(execution) : Start::full;
      room = outcome != Start::full;
      const bool gone = outcome == Start::done || outcome == Start::gone;
      moved = moved || gone;
      left = left || !gone;
    }
    more = room && moved && executions.size() == kDueBatch;
  }
  return left;
}

// Executions that were forwarded to this member, that no policy gave to anyone, or that wait for their job. What cannot
// start now, however much of it there is, hides nothing that can. True: something waits on.
bool Launcher::Impl::look_at_queue() {
  QueueLook look;
  for (int pages = 0; !look.full && pages < kMostPages; ++pages) {
    const auto executions = parts.executions.queued(config.server_uuid, kQueueBatch, look.filter);
    for (const auto& execution : executions) look_at_queued(execution, look);
    if (executions.size() < kQueueBatch) break;
    look.left = true;
    const auto& last = executions.back();
    look.filter.after = {last.started.value_or(last.scheduled_for.value_or(0)), last.id};
  }
  return look.left;
}

void Launcher::Impl::look_at_queued(const model::Execution& execution, QueueLook& look) {
  const Json* why = find(execution.extra, "waits");
  const bool shared = why != nullptr && why->is_string() && why->get_string() == "queue";
  const bool sealed = execution.extra.contains("sealed") && !due.knows(execution.id);
  const bool mine = execution.server_uuid == config.server_uuid;
  auto& full_jobs = look.filter.without_jobs;  // the first of a job's queue goes first
  if (sealed && mine && waited(execution) > kSecretsLife) {
    return give_up(execution);
  }
  const bool no_room = shared && registry.size() >= config.queue_room;
  if (no_room && !mine) look.filter.for_any = false;
  if (look.full || sealed || no_room || full_jobs.contains(execution.job_uuid) || (shared && !may_take(execution))) {
    look.left = true;
    return;
  }
  const auto outcome = try_waiting(execution);
  if (outcome == Start::limit) full_jobs.insert(execution.job_uuid);
  look.full = outcome == Start::full;
  const bool moved = outcome == Start::done || outcome == Start::gone;
  look.left = look.left || !moved;
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

// One that cannot be started does not keep the others waiting.
Launcher::Impl::Start Launcher::Impl::try_waiting(const model::Execution& execution) {
  try {
    return start_waiting(execution);
  } catch (const store::DatabaseError& error) {
    if (error.unavailable) throw;
    base::log_error("engine", "execution " + std::to_string(execution.id) + " cannot be started: " + error.what());
  } catch (const std::exception& error) {
    base::log_error("engine", "execution " + std::to_string(execution.id) + " cannot be started: " + error.what());
  }
  return Start::failed;
}

Launcher::Impl::Start Launcher::Impl::start_waiting(const model::Execution& execution) {
  if (!registry.reserve(config.max_running)) return Start::full;
  try {
    auto plan = plan_due(execution);
    const auto now = parts.clock.now();
    const auto here = self.get();
    const auto taken_at = std::chrono::steady_clock::now();
    const auto limit = plan.refusal.empty() && !execution.retry_of ? running_limit(*plan.job) : std::nullopt;
    const auto take = [&] {
      return limit ? parts.executions.start_within_limit(execution.id, now, here.uuid, here.number, *limit)
                   : parts.executions.start(execution.id, now, here.uuid, here.number);
    };
    bool taken = take();
    // What ran may end between the try and the count. Then this one is not gone: it is still the first of its queue.
    bool full = false, waits = limit.has_value();
    for (int race = 0; !taken && waits && race < kMostRaces; ++race) {
      full = parts.executions.count_running(execution.job_uuid) >= *limit;
      if (full) break;
      const auto row = parts.executions.find(execution.id);
      waits = row && row->status == execution.status;
      if (waits) taken = take();
    }
    if (full) {
      if (execution.status == model::status::queued || queue_size(*plan.job)) {
        registry.release();
        return Start::limit;
      }
      plan.refusal = "Limit of running executions has been reached when its time came";
      taken = parts.executions.start(execution.id, now, here.uuid, here.number);
    }
    if (!taken) {
      registry.release();
      if (waits && !full) return Start::limit;
      due.take(execution.id);
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
    ask_later(execution, Unanswered::run);
    throw;
  }
  return Start::done;
}

std::optional<store::StoredJob> Launcher::Impl::find_job(const std::string& uuid, std::string& refusal) {
  try {
    auto stored = parts.jobs.find(uuid);
    if (!stored) refusal = "Job ID does not exist: " + uuid;
    return stored;
  } catch (const store::DatabaseError& error) {
    if (error.unavailable) throw;
    refusal = error.what();  // its definition cannot be read, now or later
    return std::nullopt;
  }
}

// A row whose time has come, as something to run. What is wrong with it by now is told by its own log.
RunPlan Launcher::Impl::plan_due(model::Execution execution) {
  RunPlan plan;
  model::Job job;
  if (execution.ad_hoc) {
    job = *execution.ad_hoc;
  } else if (auto stored = find_job(execution.job_uuid, plan.refusal)) {
    job = std::move(stored->job);
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
