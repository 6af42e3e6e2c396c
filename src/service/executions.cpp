#include "service/executions.hpp"

#include <algorithm>
#include <filesystem>

#include "base/text.hpp"
#include "codec/state_codec.hpp"
#include "engine/admission.hpp"
#include "engine/result_data.hpp"
#include "log/packed_log.hpp"
#include "model/state_changes.hpp"
#include "service/access.hpp"
#include "service/errors.hpp"

namespace qd::service {
namespace {

tl::unexpected<Error> execution_failed(const std::string& why) {
  return fail(ErrorKind::invalid, "Execution failed: " + why, "api.error.execution.failed");
}

Result<std::optional<UnixMillis>> parse_run_at(const std::optional<std::string>& text, UnixMillis now) {
  if (!text || text->empty()) return std::optional<UnixMillis>();
  const auto time = parse_iso8601(*text);
  if (!time || text->find('T') == std::string::npos)
    return execution_failed("Invalid date/time format, only ISO 8601 is supported");
  if (*time <= now) return execution_failed("A job cannot be scheduled for a time in the past");
  return time;
}

}  // namespace

Result<std::string> Executions::acting_user(const auth::Identity& who, const std::optional<std::string>& as_user,
                                            const Decision& decision, const std::string& what, const std::string& id) {
  if (!as_user || as_user->empty() || *as_user == who.user) return who.user;
  if (auto right = require(who, decision, what, id); !right) return fail(right.error());
  return *as_user;
}

// Several values become one text with the option's own delimiter.
Result<> Executions::join_lists(const model::Job& job, RunOptions& options) {
  for (const auto& list : options.lists) {
    const auto& [name, values] = list;
    const auto option = std::find_if(job.options.begin(), job.options.end(),
                                     [&](const model::Option& o) { return o.name == list.first; });
    if (option != job.options.end() && !option->multivalued) {
      return fail(ErrorKind::invalid,
                  "Job options were not valid: Option '" + name + "' does not allow multiple values.",
                  "api.error.job.options-invalid");
    }
    const bool own = option != job.options.end() && !option->delimiter.empty();
    options.options[name] = base::join(values, own ? option->delimiter : ",");
  }
  return {};
}

Result<model::Execution> Executions::launch(const auth::Identity& who, engine::RunRequest request,
                                            const std::map<std::string, std::string>* project_config) {
  const bool ad_hoc = request.job.uuid.empty();
  const std::string project = request.job.project;
  const std::string job = audited_job(project, request.job.uuid, request.job.group, request.job.name);
  std::string detail = request.user == who.user ? "" : "as " + request.user;
  auto started = launcher_.launch(std::move(request), project_config);
  if (!started) return started;
  const std::string id = std::to_string(started->id);
  audit_.record(who, {audit::kRun, ad_hoc ? audit::kExecution : audit::kJob, ad_hoc ? id : job + ":" + id, project,
                      std::move(detail)});
  return started;
}

Result<Executions::Started> Executions::launch_job(const auth::Identity& who, RunOfJob run) {
  auto description = run.request.job.description;
  auto started = launch(who, std::move(run.request), &run.place->project.config);
  if (!started) return fail(started.error());
  return Started{std::move(*started), std::move(description)};
}

Result<Executions::RunOfJob> Executions::request_to_run(const auth::Identity& who, const std::string& job_uuid,
                                                        RunPlacePtr place, RunOptions& options) {
  if (!place) return no_such("Job ID", job_uuid);
  const auto& stored = place->job;
  if (auto right = require(who, job_decision(stored->job, "run"), "Job ID", job_uuid); !right)
    return fail(right.error());
  auto user = acting_user(who, options.as_user, job_decision(stored->job, "runAs"), "Job ID", job_uuid);
  if (!user) return fail(user.error());
  if (auto joined = join_lists(stored->job, options); !joined) return fail(joined.error());

  engine::RunRequest request;
  request.job = stored->job;
  request.job_revision = stored->revision;
  request.user = std::move(*user);
  request.roles = who.roles;
  request.options = std::move(options.options);
  request.meta = std::move(options.meta);
  return RunOfJob{std::move(request), std::move(place)};
}

Result<Executions::Started> Executions::run_job(const auth::Identity& who, const std::string& job_uuid,
                                                RunOptions options) {
  // Most runs are of a job that nobody has changed since its last one, and of few jobs. What is refused on the ground
  // of what is kept is looked at again if that has changed.
  const auto kept = places_.kept(job_uuid);
  if (!kept || engine::running_limit(kept->job->job)) {
    return run_job_at(who, job_uuid, places_.read(job_uuid), std::move(options), std::nullopt);
  }
  auto started = run_job_at(who, job_uuid, kept, options, kept->version);
  if (started) return started;
  auto now = places_.read(job_uuid);
  if (now && now->version == kept->version && started.error().code != engine::kReadAgain) return started;
  return run_job_at(who, job_uuid, std::move(now), std::move(options), std::nullopt);
}

Result<Executions::Started> Executions::run_job_at(const auth::Identity& who, const std::string& job_uuid,
                                                   RunPlacePtr place, RunOptions options,
                                                   std::optional<store::PlaceVersion> unchanged) {
  auto run = request_to_run(who, job_uuid, std::move(place), options);
  if (!run) return fail(run.error());
  const auto run_at = parse_run_at(options.run_at, clock_.now());
  if (!run_at) return fail(run_at.error());
  auto& request = run->request;
  request.type = *run_at ? "user-scheduled" : "user";
  request.node_filter = std::move(options.node_filter);
  request.log_level = std::move(options.log_level);
  request.run_at = *run_at;
  request.unchanged = unchanged;
  return launch_job(who, std::move(*run));
}

Result<Executions::Started> Executions::retry(const auth::Identity& who, const std::string& job_uuid,
                                              const std::string& execution_id, RunOptions options, bool failed_only) {
  auto earlier = find(who, execution_id, "view");
  if (!earlier || earlier->job_uuid != job_uuid) return no_such("Execution ID", execution_id);
  if (earlier->failed_nodes.empty()) return no_such("Failed node List for execution ID", execution_id);
  auto run = request_to_run(who, job_uuid, places_.read(job_uuid), options);
  if (!run) return fail(run.error());
  auto& request = run->request;
  request.options.merge(std::map<std::string, std::string>(earlier->options));
  request.log_level = options.log_level ? options.log_level : std::optional(earlier->log_level);
  if (failed_only) {
    request.failed_nodes_only = earlier->failed_nodes;
  } else if (!earlier->node_filter.empty()) {
    request.node_filter = earlier->node_filter;
  }
  return launch_job(who, std::move(*run));
}

Result<model::Execution> Executions::run_ad_hoc(const auth::Identity& who, AdHocRequest request) {
  if (!projects_.find(request.project)) return no_such_project(request.project);
  if (auto right = require(who, {"adhoc", "run", request.project}, "Project", request.project); !right)
    return fail(right.error());
  auto user = acting_user(who, request.as_user, {"adhoc", "runAs", request.project}, "Project", request.project);
  if (!user) return fail(user.error());

  engine::RunRequest run;
  run.job.project = request.project;
  run.job.workflow.steps.push_back(std::move(request.step));
  run.job.multiple_executions = true;
  if (request.node_filter) {
    model::NodeFilters filters;
    filters.filter = *request.node_filter;
    filters.dispatch.threadcount = request.threadcount;
    filters.dispatch.keepgoing = request.keepgoing;
    run.job.node_filters = std::move(filters);
  }
  run.user = std::move(*user);
  run.roles = who.roles;
  return launch(who, std::move(run));
}

Result<model::Execution> Executions::find(const auth::Identity& who, const std::string& id, const std::string& action) {
  const auto number = base::parse_int(id);
  auto execution = number ? executions_.find(*number) : std::nullopt;
  if (!execution) return no_such("Execution", id);
  const Decision decision = action == "delete_execution" ? Decision{"project", action, execution->project}
                                                         : execution_decision(*execution, action);
  if (auto right = require(who, decision, "Execution", id); !right) return fail(right.error());
  return std::move(*execution);
}

Result<> Executions::narrow_to_visible(const auth::Identity& who, store::ExecutionQuery& query) {
  if (!query.project.empty() && query.project != "*") {
    if (!projects_.find(query.project)) return no_such_project(query.project);
    return require(who, {"event", "read", query.project}, "Events in project", query.project);
  }
  bool sees_all = true;
  for (const model::Project& project : projects_.list()) {
    if (allowed(who, {"event", "read", project.name})) {
      query.projects.push_back(project.name);
    } else {
      sees_all = false;
    }
  }
  if (sees_all) {
    query.projects.clear();
  } else if (query.projects.empty()) {
    return unauthorized("read", "Events in project", "*");
  }
  return {};
}

Result<store::ExecutionPage> Executions::query_all(const auth::Identity& who, store::ExecutionQuery query) {
  if (auto ok = narrow_to_visible(who, query); !ok) return fail(ok.error());
  return executions_.query(query);
}

Result<store::ExecutionPage> Executions::query(const auth::Identity& who, store::ExecutionQuery query) {
  auto page = query_all(who, std::move(query));
  if (!page) return page;
  std::erase_if(page->executions, [&](const model::Execution& execution) {
    return !allowed(who, execution_decision(execution, execution.job_uuid.empty() ? "read" : "view_history"));
  });
  return page;
}

Result<store::ExecutionMetrics> Executions::metrics(const auth::Identity& who, store::ExecutionQuery query) {
  if (auto ok = narrow_to_visible(who, query); !ok) return fail(ok.error());
  return executions_.metrics(query);
}

Result<std::vector<store::ExecutionTally>> Executions::tallies(const auth::Identity& who, store::ExecutionQuery query) {
  if (auto ok = narrow_to_visible(who, query); !ok) return fail(ok.error());
  return executions_.tallies(query);
}

std::map<std::string, store::JobHistory> Executions::histories(const auth::Identity& who, const std::string& project,
                                                               const std::vector<std::string>& job_uuids) {
  if (!allowed(who, {"event", "read", project})) return {};
  return executions_.histories(job_uuids);
}

JsonObject Executions::state_of(model::ExecutionId id) {
  if (const auto live = launcher_.live_state(id)) return codec::state_to_json(live->state);
  return stored_state(id);
}

JsonObject Executions::stored_state(model::ExecutionId id) {
  const auto stored = parse_json(executions_.state(id).value_or(""));
  if (!stored || !stored->is_object()) return {};
  JsonObject state = stored->as_object();
  state.erase(engine::result_data_key);
  return state;
}

std::optional<Json> Executions::result_data(model::ExecutionId id) {
  const auto stored = parse_json(executions_.state(id).value_or(""));
  const Json* document = stored ? ::qd::find(*stored, engine::result_data_key) : nullptr;
  if (document == nullptr) return std::nullopt;
  return *document;
}

std::optional<Executions::StateNews> Executions::state_since(model::ExecutionId id, UnixMillis since) {
  const auto live = launcher_.live_state(id, since);
  if (!live) return StateNews{stored_state(id), std::nullopt};
  if (since > 0 && !model::has_changes(live->state, since)) return std::nullopt;
  return StateNews{codec::state_changes_to_json(live->state, since, live->as_of), live->as_of};
}

Result<engine::AbortOutcome> Executions::abort(const auth::Identity& who, const std::string& id,
                                               const std::optional<std::string>& as_user, bool force_incomplete) {
  auto execution = find(who, id, "kill");
  if (!execution) return fail(execution.error());
  auto user = acting_user(who, as_user, execution_decision(*execution, "killAs"), "Execution", id);
  if (!user) return fail(user.error());
  auto outcome = launcher_.abort(execution->id, *user, "", force_incomplete);
  audit_.record(who, {audit::kKill, audit::kExecution, id, execution->project});
  return outcome;
}

bool Executions::erase(const model::Execution& execution) {
  if (!executions_.remove(execution.id)) return false;
  if (!execution.log_path.empty()) log::remove_log((std::filesystem::path(log_root_) / execution.log_path).string());
  if (removed_) removed_(execution);
  return true;
}

Result<> Executions::remove(const auth::Identity& who, const std::string& id) {
  auto execution = find(who, id, "delete_execution");
  if (!execution) return fail(execution.error());
  if (!erase(*execution)) {
    return fail(ErrorKind::conflict, "Execution " + id + " could not be deleted: it is running. Abort it first.",
                "api.error.exec.delete.failed");
  }
  audit_.record(who, {audit::kDelete, audit::kExecution, id, execution->project});
  return {};
}

Removal Executions::remove_many(const auth::Identity& who, const std::vector<std::string>& ids) {
  Removal removal;
  removal.requested = ids.size();
  for (const std::string& id : ids) {
    const auto removed = remove(who, id);
    if (removed) continue;
    const bool missing = removed.error().kind == ErrorKind::not_found;
    removal.failures.push_back({id, missing ? "Execution Not found: " + id : removed.error().message});
  }
  return removal;
}

Result<Removal> Executions::remove_of_job(const auth::Identity& who, const std::string& job_uuid) {
  const StoredJobPtr stored = jobs_.find(job_uuid);
  if (!stored) return no_such("Job ID", job_uuid);
  const std::string& project = stored->job.project;
  if (auto right = require(who, {"project", "delete_execution", project}, "Project", project); !right)
    return fail(right.error());
  std::vector<std::string> ids;
  for (const model::ExecutionId id : executions_.ids_of_job(job_uuid)) ids.push_back(std::to_string(id));
  return remove_many(who, ids);
}

}  // namespace qd::service
