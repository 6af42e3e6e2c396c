// Admission of a run: its route, its row, its start here or on another member.
#include <limits>

#include "base/logging.hpp"
#include "engine/admission.hpp"
#include "engine/launcher_impl.hpp"

namespace qd::engine {

namespace {

bool has_secrets(const RunPlan& plan) {
  return !plan.options.secure.empty() || !plan.options.secure_exposed.empty();
}

void let_wait(RunPlan& plan, const std::string& for_member, const char* why, UnixMillis now) {
  auto& execution = plan.execution;
  execution.status = model::status::queued;
  execution.started.reset();
  execution.scheduled_for = now;
  execution.server_uuid = for_member;
  execution.incarnation = 0;
  execution.extra["waits"] = why;
  if (has_secrets(plan)) execution.extra["sealed"] = true;
}

}  // namespace

PreparedRun::PreparedRun(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}

PreparedRun::~PreparedRun() {
  if (inside_->reserved) inside_->launcher->registry.release();
}

const model::Execution& PreparedRun::execution() const {
  return inside_->plan.execution;
}

bool PreparedRun::insert(store::Session& session, UnixMillis now) {
  auto& [launcher, plan, run_at, route, reserved] = *inside_;
  if (run_at) {
    plan.execution.status = model::status::scheduled;
    plan.execution.scheduled_for = run_at;
    plan.execution.started.reset();
    plan.execution.id = store::ExecutionStore::create(session, plan.execution);
    return true;
  }
  if (route.where == Route::Where::here) return launcher->insert_here(session, plan, now);
  return launcher->insert_elsewhere(session, plan, route, now);
}

void PreparedRun::start() {
  auto& [launcher, plan, run_at, route, reserved] = *inside_;
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
    launcher->due.add(plan.execution.id, *plan.execution.scheduled_for, plan.given);
    if (!run_at) launcher->something_waits = true;
    if (!run_at && route.where == Route::Where::queue) launcher->forward(plan);
    launcher->look_later();
  } else {
    launcher->forward(plan);
  }
}

bool Launcher::Impl::insert_here(store::Session& session, RunPlan& plan, UnixMillis now) {
  auto& execution = plan.execution;
  const auto here = self.get();
  execution.status = model::status::running;
  execution.started = now;
  execution.scheduled_for.reset();
  execution.server_uuid = here.uuid;
  execution.incarnation = here.number;
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
  let_wait(plan, "", "job", now);
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
  let_wait(plan, target, why, now);
  plan.execution.id = store::ExecutionStore::create(session, plan.execution);
  return true;
}

Result<Route> Launcher::Impl::route(const RunPlan& plan) {
  if (!parts.cluster.route || plan.execution.retry_of) return Route{};
  auto route = parts.cluster.route(plan.execution.project, plan.execution.type == "scheduled", has_secrets(plan));
  if (route && route->where == Route::Where::member && route->uuid == config.server_uuid) return Route{};
  return route;
}

// The row says whose it is. Telling the member only makes it quick, and brings the secure options.
void Launcher::Impl::forward(RunPlan plan) {
  const auto& execution = plan.execution;
  std::map<std::string, std::string> secret;
  for (const auto* values : {&plan.options.secure, &plan.options.secure_exposed}) {
    for (const auto& [name, value] : *values) {
      if (const auto given = plan.given.find(name); given != plan.given.end()) secret.insert(*given);
    }
  }
  if (!execution.server_uuid.empty()) {
    due.add(execution.id, std::numeric_limits<UnixMillis>::max(), plan.given);
    const Forwarded entry{execution.server_uuid, parts.clock.now()};
    forwarded.with([&](auto& entries) { entries[execution.id] = entry; });
  }
  if (!parts.cluster.forward) return;
  try {
    const auto told = parts.cluster.forward(execution, secret);
    if (told) return;
    base::log_warn("engine",
                   "execution " + std::to_string(execution.id) + " was not forwarded: " + told.error().message);
    if (!execution.server_uuid.empty()) take_back(execution.id, execution.server_uuid);
  } catch (const store::DatabaseError& error) {  // its row waits all the same, and is taken back in time
    base::log_warn("engine", "execution " + std::to_string(execution.id) +
                                 " was forwarded, and its member not told: " + error.what());
  }
}

void Launcher::Impl::take_back(model::ExecutionId id, const std::string& from) {
  forwarded.with([&](auto& entries) { entries.erase(id); });
  if (parts.executions.reassign(id, from, config.server_uuid)) {
    base::log_warn("engine",
                   "execution " + std::to_string(id) + " was not started by member " + from + " in time: taken back");
    look_at(Millis{0});
  } else {
    due.take(id);  // it was started there, or ended
  }
}

Result<std::unique_ptr<PreparedRun>> Launcher::prepare(RunRequest request,
                                                       const std::map<std::string, std::string>* project_config) {
  const auto run_at = request.run_at;
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
  return std::unique_ptr<PreparedRun>(new PreparedRun(std::move(inside)));
}

Result<model::Execution> Launcher::launch(RunRequest request) {
  auto prepared = prepare(std::move(request));
  if (!prepared) return fail(prepared.error());
  bool inserted = false;
  impl_->parts.database.transact(
      [&](store::Session& session) { inserted = (*prepared)->insert(session, impl_->parts.clock.now()); });
  const auto& execution = (*prepared)->execution();
  if (!inserted) {
    return fail(ErrorKind::conflict,
                "Execution had a conflict: Job \"" + execution.job_name + "\" {{Job " + execution.job_uuid +
                    "}}: Limit of running executions has been reached.",
                "api.error.execution.conflict");
  }
  auto written = execution;
  (*prepared)->start();
  return written;
}

void Launcher::forwarded_here(model::ExecutionId id, std::map<std::string, std::string> options) {
  impl_->due.add(id, impl_->parts.clock.now(), std::move(options));
  look_now();
}

void Launcher::take_back(Millis limit) {
  std::vector<std::pair<model::ExecutionId, std::string>> old;
  const auto before = impl_->parts.clock.now() - limit.count();
  impl_->forwarded.with([&](const auto& entries) {
    for (const auto& [id, entry] : entries) {
      if (entry.since <= before) old.emplace_back(id, entry.to);
    }
  });
  for (const auto& [id, from] : old) impl_->take_back(id, from);
}

}  // namespace qd::engine
