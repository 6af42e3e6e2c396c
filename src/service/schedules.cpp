#include "service/schedules.hpp"

#include <algorithm>
#include <limits>
#include <set>

#include "service/access.hpp"
#include "service/errors.hpp"

namespace qd::service {
namespace {

// Ten years: a schedule that calendars exclude for longer than that has no next fire.
constexpr UnixMillis kHorizon = 3'653LL * 86'400'000;
constexpr std::size_t kMostListedJobs = 5'000;

bool is_on(const model::Job& job) {
  return job.schedule_enabled && job.execution_enabled;
}

}  // namespace

Schedules::Schedules(const Parts& parts, std::string server_uuid, TakeOver take_over)
    : parts_(parts),
      schedules_(parts.database),
      project_schedules_(parts.database),
      members_(parts.database),
      server_uuid_(std::move(server_uuid)),
      take_over_(std::move(take_over)) {
  if (take_over_) return;
  take_over_ = [this](const store::TakeoverFilter& filter, const std::string&) {
    return schedules_.take_over(filter, server_uuid_, kMostListedJobs);
  };
}

Schedules::Toggles Schedules::toggles_of(const std::string& project) {
  const auto found = parts_.projects.find(project);
  if (!found) return {};
  const auto is_true = [&](const char* key) {
    const auto value = found->config.find(key);
    return value != found->config.end() && value->second == "true";
  };
  return {is_true("project.disable.executions"), is_true("project.disable.schedule")};
}

std::vector<model::PlannedSchedule> Schedules::plan(const std::vector<store::ScheduleRow>& rows) {
  std::vector<model::PlannedSchedule> planned;
  for (const store::ScheduleRow& row : rows) {
    auto cron = model::Cron::parse(row.expression);
    auto zone = model::TimeZone::find(row.zone);
    if (!cron || !zone) continue;  // it cannot fire either: the scheduler says so in the log
    planned.push_back({{std::move(*cron), std::move(*zone)}, parts_.calendars.of_job(row.project, row.job_uuid)});
  }
  return planned;
}

std::optional<UnixMillis> Schedules::one_time_run(const model::Job& job) {
  store::ExecutionQuery query;
  query.project = job.project;
  query.job_uuids = {job.uuid};
  query.statuses = {"scheduled"};
  query.max = 1'000;
  std::optional<UnixMillis> first;
  for (const model::Execution& waiting : parts_.executions.query(query).executions) {
    if (waiting.scheduled_for && (!first || *waiting.scheduled_for < *first)) first = waiting.scheduled_for;
  }
  return first;
}

Result<Forecast> Schedules::forecast(const auth::Identity& who, const std::string& uuid,
                                     const ForecastRequest& request) {
  Forecast forecast;
  forecast.job = parts_.cache.find(uuid);
  if (!forecast.job) return no_such("Job ID", uuid);
  const model::Job& job = forecast.job->job;
  if (auto right = require(who, job_decision(job, "view"), "Job ID", uuid); !right) return fail(right.error());
  const auto rows = schedules_.of_job(uuid);
  const auto toggles = toggles_of(job.project);
  if (!rows.empty()) forecast.owner = rows.front().server_uuid;
  forecast.project_executions_off = toggles.executions_off;
  forecast.project_schedules_off = toggles.schedules_off;
  if (forecast.owner && is_on(job)) {
    const model::ForecastWindow window{.from = std::min(request.now, request.until),
                                       .until = std::max(request.now, request.until),
                                       .max = request.max > 0 ? request.max : model::kMostForecastFires};
    forecast.fires.emplace();
    for (const model::PlannedFire& fire : model::forecast(plan(rows), window)) forecast.fires->push_back(fire.due);
  }
  if (request.with_one_time && !request.past) {
    if (const auto once = one_time_run(job)) {
      if (!forecast.fires) forecast.fires.emplace();
      forecast.fires->insert(std::upper_bound(forecast.fires->begin(), forecast.fires->end(), *once), *once);
    }
  }
  return forecast;
}

std::optional<std::string> Schedules::owner_of(const std::string& uuid) {
  const auto rows = schedules_.of_job(uuid);
  if (rows.empty()) return std::nullopt;
  return rows.front().server_uuid;
}

std::optional<UnixMillis> Schedules::next_execution(const store::StoredJob& stored, UnixMillis now) {
  if (!is_on(stored.job)) return std::nullopt;
  const auto rows = schedules_.of_job(stored.job.uuid);
  if (rows.empty()) return std::nullopt;
  return next_of(stored.job, rows, toggles_of(stored.job.project), now);
}

std::map<std::string, Schedules::Standing> Schedules::standings(const std::vector<store::StoredJob>& jobs,
                                                                UnixMillis now) {
  std::vector<std::string> uuids;
  for (const store::StoredJob& stored : jobs) uuids.push_back(stored.job.uuid);
  const auto rows = schedules_.of_jobs(uuids);
  std::map<std::string, Toggles> toggles;  // by project
  std::map<std::string, Standing> standings;
  for (const store::StoredJob& stored : jobs) {
    const auto own = rows.find(stored.job.uuid);
    if (own == rows.end()) continue;
    const std::string& project = stored.job.project;
    if (!toggles.contains(project)) toggles.emplace(project, toggles_of(project));
    standings[stored.job.uuid] = {own->second.front().server_uuid,
                                  next_of(stored.job, own->second, toggles.at(project), now)};
  }
  return standings;
}

std::optional<UnixMillis> Schedules::next_of(const model::Job& job, const std::vector<store::ScheduleRow>& rows,
                                             const Toggles& toggles, UnixMillis now) {
  if (!is_on(job) || toggles.executions_off || toggles.schedules_off) return std::nullopt;
  const auto next = model::forecast(plan(rows), {.from = now, .until = now + kHorizon, .max = 1});
  if (next.empty()) return std::nullopt;
  return next.front().due;
}

Result<std::vector<store::JobSummary>> Schedules::owned_jobs(const auth::Identity& who,
                                                             const std::string& server_uuid) {
  store::JobQuery query;
  query.scheduled = true;
  query.server_uuid = server_uuid;
  std::vector<store::JobSummary> visible;
  for (store::JobSummary& job : parts_.jobs.list(query)) {
    if (allowed(who, job_decision(job, "view"))) visible.push_back(std::move(job));
  }
  return visible;
}

Result<store::ScheduleStore::Taken> Schedules::take_over(const auth::Identity& who,
                                                         const store::TakeoverFilter& filter) {
  if (auto right = require(who, {"job", "admin", ""}, "Server", server_uuid_); !right) return fail(right.error());
  return take_over_(filter, who.user);
}

Result<> Schedules::check_ledger(const auth::Identity& who, const store::FireQuery& query) {
  if (!query.job_uuid.empty()) {
    const StoredJobPtr job = parts_.cache.find(query.job_uuid);
    if (!job) return no_such("Job ID", query.job_uuid);
    return require(who, job_decision(job->job, "view"), "Job ID", query.job_uuid);
  }
  if (query.project.empty()) return require(who, {"system", "read", ""}, "System", "ledger of fires");
  if (!parts_.projects.find(query.project)) return no_such_project(query.project);
  return require(who, {"event", "read", query.project}, "Project", query.project);
}

Result<LedgerPage> Schedules::ledger(const auth::Identity& who, store::FireQuery query) {
  if (auto right = check_ledger(who, query); !right) return fail(right.error());
  LedgerPage page;
  const std::size_t max = query.max;
  query.max = max + 1;
  page.fires = schedules_.fires(query);
  page.more = page.fires.size() > max;
  if (page.more) page.fires.resize(max);
  if (page.fires.empty()) return page;

  std::set<std::string> uuids;
  std::set<std::int64_t> sources;
  for (const store::FireRow& fire : page.fires) {
    uuids.insert(fire.job_uuid);
    if (fire.source != 0) sources.insert(fire.source);
  }
  page.schedules = project_schedules_.names(sources);
  store::JobQuery jobs;
  jobs.uuids = {uuids.begin(), uuids.end()};
  for (store::JobSummary& job : parts_.jobs.list(jobs)) page.jobs.emplace(job.uuid, std::move(job));
  for (const model::Member& member : members_.list()) page.members.emplace(member.id.uuid, member.name);
  return page;
}

}  // namespace qd::service
