// Admission of a run: its route, its row, its start here or on another member.
#include <limits>

#include "base/logging.hpp"
#include "base/trace.hpp"
#include "engine/admission.hpp"
#include "engine/launcher_impl.hpp"
#include "store/member_store.hpp"

namespace qd::engine {

namespace {

constexpr int kMostForwards = 5;  // then the sender runs it

bool has_secrets(const RunPlan& plan) {
  return !plan.options.secure.empty() || !plan.options.secure_exposed.empty();
}

void let_wait(RunPlan& plan, const model::Incarnation& here, const std::string& for_member, const char* why,
              UnixMillis now) {
  auto& execution = plan.execution;
  execution.status = model::status::queued;
  execution.started.reset();
  execution.scheduled_for = now;
  execution.server_uuid = for_member;
  execution.incarnation = 0;
  execution.extra["waits"] = why;
  execution.extra["from"] = here.uuid;
  if (const auto& work = base::current_work(); work && !work->trace.trace_id.empty())
    execution.extra[kTraceParent] = base::traceparent_of(work->trace);
  if (has_secrets(plan)) execution.extra["sealed"] = JsonObject{{"by", here.uuid}, {"life", here.number}};
}

}  // namespace

PreparedRun::PreparedRun(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}

PreparedRun::~PreparedRun() {
  if (inside_->reserved) inside_->launcher->registry.release();
}

const model::Execution& PreparedRun::execution() const {
  return inside_->plan.execution;
}

// Says in the row of a simple one when it runs, and who runs it.
void PreparedRun::Inside::settle(UnixMillis now) {
  if (!run_at) return launcher->settle_here(plan, now);
  plan.execution.status = model::status::scheduled;
  plan.execution.scheduled_for = run_at;
  plan.execution.started.reset();
}

bool PreparedRun::insert(store::Session& session, UnixMillis now) {
  auto& [launcher, plan, run_at, route, reserved, unchanged] = *inside_;
  if (run_at) {
    inside_->settle(now);
    plan.execution.id = store::ExecutionStore::create(session, plan.execution);
    return true;
  }
  if (route.where == Route::Where::here) return launcher->insert_here(session, plan, now);
  return launcher->insert_elsewhere(session, plan, route, now);
}

void PreparedRun::start(Tell tell) {
  auto& [launcher, plan, run_at, route, reserved, unchanged] = *inside_;
  try {
    launcher->retain_files(plan);
  } catch (const store::DatabaseError& error) {  // it runs all the same: they are kept for a while without it
    base::log_warn("engine", "the uploaded files of execution " + std::to_string(plan.execution.id) +
                                 " may be removed before it ends: " + error.what());
  }
  if (plan.execution.status == model::status::running) {
    reserved = false;
    launcher->start(plan);
  } else if (run_at || plan.execution.server_uuid.empty()) {
    if (!run_at) launcher->something_waits = true;
    launcher->look_for(plan.execution.id, *plan.execution.scheduled_for, plan.given);
    if (!run_at && route.where == Route::Where::queue) launcher->forward(plan, tell);
  } else {
    launcher->forward(plan, tell);
  }
}

void Launcher::Impl::settle_here(RunPlan& plan, UnixMillis now) const {
  auto& execution = plan.execution;
  const auto here = self.get();
  execution.status = model::status::running;
  execution.started = now;
  execution.scheduled_for.reset();
  execution.server_uuid = here.uuid;
  execution.incarnation = here.number;
  plan.written = std::chrono::steady_clock::now();
}

bool Launcher::Impl::insert_here(store::Session& session, RunPlan& plan, UnixMillis now) {
  auto& execution = plan.execution;
  settle_here(plan, now);
  const auto limit = execution.retry_of ? std::nullopt : running_limit(*plan.job);
  if (!limit) {
    execution.id = store::ExecutionStore::create(session, execution);
    return true;
  }
  const auto queue = config.job_queue && !has_secrets(plan) ? queue_size(*plan.job) : std::nullopt;
  // Whoever waits already goes first.
  const auto ahead = queue ? store::ExecutionStore::count_queued(session, execution.job_uuid) : 0;
  if (ahead == 0) {
    if (const auto id = store::ExecutionStore::create_within_limit(session, execution, *limit)) {
      execution.id = *id;
      return true;
    }
  }
  if (!queue || ahead >= *queue) return false;
  let_wait(plan, self.get(), "", "job", now);
  execution.id = store::ExecutionStore::create(session, execution);
  return true;
}

bool Launcher::Impl::insert_elsewhere(store::Session& session, RunPlan& plan, const Route& route, UnixMillis now) {
  const auto limit = running_limit(*plan.job);
  const auto queue = config.job_queue && !has_secrets(plan) ? queue_size(*plan.job) : std::nullopt;
  const char* why = route.where == Route::Where::queue ? "queue" : "member";
  std::string target = route.uuid;
  if (limit) {
    const auto queued = store::ExecutionStore::count_queued(session, plan.execution.job_uuid);
    if (queued + store::ExecutionStore::count_running(session, plan.execution.job_uuid) >= *limit) {
      if (!queue || queued >= *queue) return false;
      target.clear();
      why = "job";
    }
  }
  let_wait(plan, self.get(), target, why, now);
  plan.execution.id = store::ExecutionStore::create(session, plan.execution);
  return true;
}

Result<Route> Launcher::Impl::route(const RunPlan& plan) {
  if (!parts.cluster.route || plan.execution.retry_of) return Route{};
  auto route = parts.cluster.route(plan.execution.project, plan.execution.type == "scheduled", has_secrets(plan), "");
  if (route && route->where == Route::Where::member && route->uuid == config.server_uuid) return Route{};
  return route;
}

// The row says whose it is. Telling the member only makes it quick, and brings the secure options.
void Launcher::Impl::forward(RunPlan plan, PreparedRun::Tell tell) {
  const auto& execution = plan.execution;
  std::map<std::string, std::string> secret;
  for (const auto* values : {&plan.options.secure, &plan.options.secure_exposed}) {
    for (const auto& [name, value] : *values) {
      if (const auto given = plan.given.find(name); given != plan.given.end()) secret.insert(*given);
    }
  }
  if (!execution.server_uuid.empty()) {
    due.add(execution.id, std::numeric_limits<UnixMillis>::max(), plan.given);
  }
  Forwarded entry{execution.server_uuid, parts.clock.now(), std::move(secret)};
  if (!entry.to.empty()) forwarded.with([&](auto& entries) { entries[execution.id] = entry; });
  const auto send_it = [weak = weak_from_this(), execution, entry = std::move(entry)] {
    const auto self = weak.lock();
    if (!self) return;
    try {
      if (!self->send(execution, entry)) self->take_back(execution.id);
    } catch (const store::DatabaseError& error) {  // it is taken back when nobody starts it
      base::log_warn("engine", "execution " + std::to_string(execution.id) + " was not forwarded: " + error.what());
    }
  };
  if (tell == PreparedRun::Tell::now) return send_it();
  parts.pool.post(send_it);
}

// False: it must be taken back.
bool Launcher::Impl::send(const model::Execution& execution, Forwarded entry) {
  const bool to_one = !execution.server_uuid.empty();
  if (to_one) forwarded.with([&](auto& entries) { entries[execution.id] = entry; });
  if (!parts.cluster.forward) return true;
  const auto told = parts.cluster.forward(execution, entry.secret);
  if (told) return true;
  base::log_warn("engine", "execution " + std::to_string(execution.id) + " was not forwarded: " + told.error().message);
  return !to_one;
}

void Launcher::Impl::take_back(model::ExecutionId id) {
  auto entry = forwarded.with([&](auto& entries) {
    auto node = entries.extract(id);
    return node.empty() ? std::optional<Forwarded>() : std::optional(std::move(node.mapped()));
  });
  if (!entry) return;
  try {
    if (!reclaim(id, entry->to)) {
      due.take(id);  // it was started there, or ended
    } else if (!route_again(id, *entry)) {
      look_at(Millis{0});
    }
  } catch (const store::DatabaseError&) {
    forwarded.with([&](auto& entries) { entries.try_emplace(id, std::move(*entry)); });
    throw;
  }
}

// When that member died, another may have freed it, or given it back, already.
bool Launcher::Impl::reclaim(model::ExecutionId id, const std::string& from) {
  const auto& here = config.server_uuid;
  const bool ours = parts.executions.reassign(id, from, here) || parts.executions.reassign(id, "", here) ||
                    parts.executions.reassign(id, here, here);
  if (!ours) return false;
  base::log_warn("engine",
                 "execution " + std::to_string(id) + " was not started by member " + from + " in time: taken back");
  return true;
}

// Chooses again for what is queued here. False: it runs here after all, as nobody else may or can.
bool Launcher::Impl::route_again(model::ExecutionId id, Forwarded entry) {
  const auto execution = parts.executions.find(id);
  if (!execution || entry.times >= kMostForwards || !parts.cluster.route) return false;
  const bool sealed = !entry.secret.empty();
  const auto route = parts.cluster.route(execution->project, execution->type == "scheduled", sealed, entry.to);
  const bool to_other = route && route->where != Route::Where::here && route->uuid != config.server_uuid;
  const bool to_anyone = !sealed && ((to_other && route->uuid.empty()) || (!to_other && mode == Mode::passive));
  if (!to_other && !to_anyone) return false;
  auto moved = *execution;
  moved.server_uuid = to_anyone ? "" : route->uuid;
  if (!parts.executions.reassign(id, config.server_uuid, moved.server_uuid)) return true;
  if (to_anyone) due.take(id);
  if (send(moved, {moved.server_uuid, parts.clock.now(), std::move(entry.secret), entry.times + 1})) return true;
  forwarded.with([&](auto& entries) { entries.erase(id); });
  return !parts.executions.reassign(id, moved.server_uuid, config.server_uuid);
}

Result<std::unique_ptr<PreparedRun>> Launcher::prepare(RunRequest request,
                                                       const std::map<std::string, std::string>* project_config) {
  const auto run_at = request.run_at;
  const auto unchanged = request.unchanged;
  auto plan = impl_->admit(std::move(request), project_config);
  if (!plan) return fail(plan.error());
  Route route;
  if (!run_at) {
    auto routed = impl_->route(*plan);
    if (!routed) return fail(routed.error());
    route = *routed;
  }
  const bool here = !run_at && route.where == Route::Where::here;
  if (here && !impl_->registry.reserve(impl_->config.max_running)) {
    return fail(ErrorKind::unavailable, "This server runs " + std::to_string(impl_->config.max_running) +
                                            " executions already, which is its limit. Try again later");
  }
  auto inside = std::make_unique<PreparedRun::Inside>();
  inside->launcher = impl_;
  inside->plan = std::move(*plan);
  inside->run_at = run_at;
  inside->route = std::move(route);
  inside->reserved = here;
  inside->unchanged = unchanged;
  return std::unique_ptr<PreparedRun>(new PreparedRun(std::move(inside)));
}

StartWriter::Written Launcher::Impl::write_start(PreparedRun& run) {
  using Written = StartWriter::Written;
  const auto life = self.get();
  auto& inside = *run.inside_;
  if (!inside.simple()) {
    return starts.write_alone(life, [&](store::Session& session) {
      const auto& uuid = inside.plan.execution.job_uuid;
      if (inside.unchanged && !store::ExecutionStore::is_unchanged(session, uuid, *inside.unchanged)) return false;
      return run.insert(session, parts.clock.now());
    });
  }
  inside.settle(parts.clock.now());
  const auto* unchanged = inside.unchanged ? &*inside.unchanged : nullptr;
  return starts.write(life, inside.plan.execution, unchanged) ? Written::inserted : Written::dead;
}

Result<model::Execution> Launcher::launch(RunRequest request,
                                          const std::map<std::string, std::string>* project_config) {
  auto prepared = prepare(std::move(request), project_config);
  if (!prepared) return fail(prepared.error());
  const auto& inside = *(*prepared)->inside_;
  auto written = StartWriter::Written::refused;
  try {
    written = impl_->write_start(**prepared);
  } catch (const store::DatabaseError& error) {
    if (error.unavailable) impl_->ask_later((*prepared)->execution(), Impl::Unanswered::close);
    throw;
  }
  if (inside.unchanged && written != StartWriter::Written::inserted) {
    return fail(ErrorKind::conflict, "The job was changed, or it cannot run now", kReadAgain);
  }
  if (written == StartWriter::Written::dead) {
    return fail(ErrorKind::unavailable,
                "The other members declared this one dead. It returns to the cluster at once; try again");
  }
  auto execution = (*prepared)->execution();
  if (written == StartWriter::Written::refused) {
    return fail(ErrorKind::conflict,
                "Execution had a conflict: Job \"" + execution.job_name + "\" {{Job " + execution.job_uuid +
                    "}}: Limit of running executions has been reached.",
                "api.error.execution.conflict");
  }
  (*prepared)->start(PreparedRun::Tell::now);
  return execution;
}

void Launcher::forwarded_here(model::ExecutionId id, std::map<std::string, std::string> options) {
  impl_->due.add(id, impl_->parts.clock.now(), std::move(options));
  look_now();
}

void Launcher::take_back(Millis limit) {
  std::vector<model::ExecutionId> old;
  const auto before = impl_->parts.clock.now() - limit.count();
  impl_->forwarded.with([&](const auto& entries) {
    for (const auto& [id, entry] : entries) {
      if (entry.since <= before) old.push_back(id);
    }
  });
  for (const auto id : old) impl_->take_back(id);
}

}  // namespace qd::engine
