#include "api/ui_metadata.hpp"

#include <array>
#include <span>
#include <string_view>
#include <utility>

#include "api/answers.hpp"
#include "api/links.hpp"
#include "api/scm_json.hpp"
#include "base/text.hpp"
#include "service/access.hpp"

namespace qd::api {
namespace {

constexpr int kExcludeSince = 58;
constexpr std::array<std::string_view, 8> kJobActions{
    "view", "read", "run", "update", "create", "delete", "toggle_execution", "toggle_schedule"};
constexpr std::array<std::string_view, 7> kProjectActions{"configure",  "admin",  "app_admin", "export",
                                                          "scm_export", "import", "scm_import"};
constexpr std::array<std::string_view, 2> kAllJobsActions{"create", "delete"};
constexpr std::array<std::string_view, 1> kEventActions{"read"};

std::set<std::string> names_in(const std::string& list) {
  const auto names = base::split_trimmed(list, ',');
  return {names.begin(), names.end()};
}

JsonObject item(const char* name, JsonObject data) {
  return {{"name", name}, {"data", std::move(data)}};
}

JsonObject decisions(const Call& call, service::Decision decision, std::span<const std::string_view> actions) {
  JsonObject decided;
  for (const std::string_view action : actions) {
    decision.action = action;
    decided[action] = service::allowed(call.who, decision);
  }
  return decided;
}

JsonObject schedule_parts(const model::Schedule& schedule) {
  const model::Schedule::Parts parts = schedule.parts.value_or(model::Schedule::Parts());
  return {{"minute", parts.minute},
          {"hour", parts.hour},
          {"month", parts.month},
          {"seconds", parts.seconds},
          {"year", parts.year},
          {"dayOfWeek", parts.day_of_week.empty() ? "?" : parts.day_of_week},
          {"dayOfMonth", parts.day_of_month.empty() ? "?" : parts.day_of_month},
          {"crontabString", schedule.crontab.empty() ? Json(nullptr) : Json(schedule.crontab)}};
}

JsonObject schedule_of(const Call& call, const store::StoredJob& stored) {
  const model::Job& job = stored.job;
  const auto owner = call.services.schedules.owner_of(job.uuid);
  const auto next = call.services.schedules.next_execution(stored, call.services.clock.now());
  return {{"scheduleEnabled", job.schedule_enabled},
          {"executionEnabled", job.execution_enabled},
          {"schedule", job.schedule && job.schedule_enabled ? schedule_parts(*job.schedule) : JsonObject()},
          {"serverNodeUUID", owner ? Json(*owner) : Json(nullptr)},
          {"nextExecutionTime", next ? Json(iso8601(*next)) : Json(nullptr)},
          {"hasSchedule", owner.has_value()}};
}

// `successRate` is -1 before the first run, as the peer has it.
JsonObject stats_of(const Call& call, const model::Job& job) {
  store::ExecutionQuery query;
  query.project = job.project;
  query.job_uuids = {job.uuid};
  query.finished_only = true;
  std::int64_t count = 0, succeeded = 0;
  if (const auto metrics = call.services.executions.metrics(call.who, query)) {
    count = metrics->total;
    if (const auto found = metrics->by_status.find("succeeded"); found != metrics->by_status.end())
      succeeded = found->second;
  }
  const double rate = count == 0 ? -1.0 : static_cast<double>(succeeded) / static_cast<double>(count);
  return {{"averageDuration", call.services.jobs.average_duration(job.uuid).value_or(0)},
          {"executionCount", count},
          {"successRate", rate}};
}

JsonObject project_rights(const Call& call, const std::string& project) {
  return {{"types", JsonObject{{"job", decisions(call, {"job", "", project}, kAllJobsActions)},
                               {"event", decisions(call, {"event", "", project}, kEventActions)}}},
          {"project", decisions(call, {"project", "", project}, kProjectActions)}};
}

// Where a text of the project is shown: "project.readme.display" is a list of places.
JsonArray places(const model::Project& project, const char* key) {
  JsonArray list;
  for (const std::string& place : base::split_trimmed(project.get(key), ',')) list.emplace_back(place);
  return list;
}

JsonObject project_config(const model::Project& project) {
  JsonObject config{{"executionsEnabled", project.get("project.disable.executions") != "true"},
                    {"scheduleEnabled", project.get("project.disable.schedule") != "true"}};
  if (const std::string level = project.get("project.jobs.gui.groupExpandLevel"); !level.empty())
    config["groupExpandLevel"] = base::parse_int(level).value_or(1);
  return config;
}

JsonObject project_message(const Call& call, const model::Project& project) {
  const auto readme = call.services.projects.file(call.who, project.name, "readme.md");
  const auto motd = call.services.projects.file(call.who, project.name, "motd.md");
  return {{"readmeDisplay", places(project, "project.readme.display")},
          {"motdDisplay", places(project, "project.motd.display")},
          {"readme", JsonObject{{"readme", readme ? Json(*readme) : Json(nullptr)},
                                {"motd", motd ? Json(*motd) : Json(nullptr)}}}};
}

}  // namespace

std::set<std::string> wanted_metadata(const Call& call, const std::set<std::string>& known, const char* standard) {
  std::set<std::string> wanted = names_in(call.query("meta").value_or(standard));
  if (wanted.contains("*")) wanted = known;
  if (call.version >= kExcludeSince) {
    for (const std::string& name : names_in(call.query("metaExclude").value_or(""))) wanted.erase(name);
  }
  return wanted;
}

const std::set<std::string>& job_metadata_names() {
  static const std::set<std::string> kNames{"authz", "schedule", "stats"};
  return kNames;
}

const std::set<std::string>& project_metadata_names() {
  static const std::set<std::string> kNames{"authz", "config", "sysMode", "message", "scmExport", "scmImport"};
  return kNames;
}

JsonArray job_metadata(const Call& call, const std::string& uuid, const std::set<std::string>& wanted) {
  JsonArray items;
  const auto stored = call.services.jobs.find(call.who, uuid, "view");
  if (!stored) return items;  // deleted since it was listed
  const model::Job& job = (*stored)->job;
  if (wanted.contains("authz"))
    items.push_back(item("authz", decisions(call, service::job_decision(job, ""), kJobActions)));
  if (wanted.contains("schedule")) items.push_back(item("schedule", schedule_of(call, **stored)));
  if (wanted.contains("stats")) items.push_back(item("stats", stats_of(call, job)));
  return items;
}

Result<JsonArray> project_metadata(const Call& call, const std::string& project, const std::set<std::string>& wanted) {
  const auto found = call.services.projects.find(call.who, project);
  if (!found) return fail(found.error());
  JsonArray items;
  if (wanted.contains("authz")) items.push_back(item("authz", project_rights(call, project)));
  if (wanted.contains("config")) items.push_back(item("config", project_config(*found)));
  if (wanted.contains("sysMode"))
    items.push_back(item("sysMode", JsonObject{{"active", call.services.system.active()}}));
  if (wanted.contains("message")) items.push_back(item("message", project_message(call, *found)));
  for (const auto& [name, integration] : {std::pair{"scmExport", service::Integration::exporting},
                                          std::pair{"scmImport", service::Integration::importing}}) {
    if (!wanted.contains(name)) continue;
    const auto summary = call.services.scm.summary(call.who, project, integration);
    if (summary) items.push_back(item(name, scm_summary_json(integration, *summary)));
  }
  return items;
}

}  // namespace qd::api
