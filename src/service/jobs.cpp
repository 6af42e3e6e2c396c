#include "service/jobs.hpp"

#include <algorithm>

#include "base/id.hpp"
#include "service/access.hpp"
#include "service/errors.hpp"

namespace qd::service {
namespace {

constexpr std::size_t kJobsPerQuery = 512;
constexpr int kTreeDepth = 3;
constexpr std::size_t kMostTreeSteps = 5'000;
constexpr std::size_t kSmallestPiece = 128, kLargestPiece = 8192;  // of a list that is read until a page is full

}  // namespace

Result<std::vector<model::Job>> Jobs::export_all(const auth::Identity& who, const store::JobQuery& query) {
  if (!projects_.find(query.project)) return no_such_project(query.project);
  std::vector<model::Job> jobs;
  for (store::StoredJob& stored : jobs_.list_full(query)) {
    if (allowed(who, job_decision(stored.job, "read"))) jobs.push_back(std::move(stored.job));
  }
  return jobs;
}

// Pages are cut after the jobs that `who` may not see are taken out, so that every page is full. What comes behind a
// page is not read.
Result<std::vector<store::JobSummary>> Jobs::list(const auth::Identity& who, const store::JobQuery& query) {
  if (!projects_.find(query.project)) return no_such_project(query.project);
  store::JobQuery piece = query;
  piece.offset = 0;
  if (query.max > 0) {
    const std::size_t offset = std::min(query.offset, kLargestPiece);
    piece.max = std::clamp(offset + std::min(query.max, kLargestPiece), kSmallestPiece, kLargestPiece);
  }
  std::size_t before = query.offset;
  std::vector<store::JobSummary> page;
  while (true) {
    auto jobs = jobs_.list(piece);
    const bool last = piece.max == 0 || jobs.size() < piece.max;
    if (!last) piece.after = store::JobPlace{jobs.back().group, jobs.back().name, jobs.back().uuid};
    for (store::JobSummary& job : jobs) {
      if (!allowed(who, job_decision(job, "view"))) continue;
      if (before > 0) {
        --before;
        continue;
      }
      page.push_back(std::move(job));
      if (page.size() == query.max) return page;
    }
    if (last) return page;
    piece.max = std::min(piece.max * 2, kLargestPiece);
  }
}

std::vector<store::StoredJob> Jobs::definitions(const auth::Identity& who, const std::vector<std::string>& uuids) {
  std::vector<store::StoredJob> jobs;
  for (std::size_t start = 0; start < uuids.size(); start += kJobsPerQuery) {
    const auto begin = uuids.begin() + static_cast<std::ptrdiff_t>(start);
    const auto size = std::min(kJobsPerQuery, uuids.size() - start);
    for (auto& stored : jobs_.list_full({.uuids = {begin, begin + static_cast<std::ptrdiff_t>(size)}})) {
      if (allowed(who, job_decision(stored.job, "view"))) jobs.push_back(std::move(stored));
    }
  }
  return jobs;
}

Result<std::map<std::string, std::int64_t>> Jobs::tag_counts(const auth::Identity& who, const store::JobQuery& query) {
  const auto jobs = list(who, query);
  if (!jobs) return fail(jobs.error());
  std::map<std::string, std::int64_t> counts;
  for (const store::JobSummary& job : *jobs) {
    for (const std::string& tag : job.tags) ++counts[tag];
  }
  return counts;
}

Result<StoredJobPtr> Jobs::find(const auth::Identity& who, const std::string& uuid, const std::string& action) {
  StoredJobPtr stored = cache_.find(uuid);
  if (!stored) return no_such("Job ID", uuid);
  if (auto right = require(who, job_decision(stored->job, action), "Job ID", uuid); !right) return fail(right.error());
  return stored;
}

void Jobs::record(const auth::Identity& who, const char* action, const model::Job& job, std::string detail) {
  audit_.record(who, {action, audit::kJob, audited_job(job.project, job.uuid, job.group, job.name), job.project,
                      std::move(detail)});
}

Result<> Jobs::remove(const auth::Identity& who, const std::string& uuid, bool from_scm) {
  const std::string action = from_scm ? "scm_delete" : "delete";
  const auto job = find(who, uuid, action);
  if (!job) return fail(job.error());
  const std::string& project = (*job)->job.project;
  if (auto right = require(who, {"job", action, project}, "Jobs in project", project); !right) return right;
  if (executions_.count_running(uuid) > 0) {
    return fail(ErrorKind::conflict,
                "Job could not be deleted: Cannot delete job " + uuid + ": it is currently being executed",
                "api.error.job.delete.failed");
  }
  if (!jobs_.remove(uuid)) return no_such("Job ID", uuid);
  record(who, audit::kDelete, (*job)->job, from_scm ? "scm-import" : "");
  return {};
}

namespace {

BulkOutcome bulk_outcome(const std::string& id, const Result<>& result, const std::string& success) {
  if (result) return {id, success, ""};
  const ErrorKind kind = result.error().kind;
  const char* code = kind == ErrorKind::not_found      ? "notfound"
                     : kind == ErrorKind::unauthorized ? "unauthorized"
                                                       : "failed";
  return {id, result.error().message, code};
}

}  // namespace

std::vector<BulkOutcome> Jobs::remove_many(const auth::Identity& who, const std::vector<std::string>& uuids) {
  std::vector<BulkOutcome> outcomes;
  for (const std::string& uuid : uuids)
    outcomes.push_back(bulk_outcome(uuid, remove(who, uuid), "Job was successfully deleted: " + uuid));
  return outcomes;
}

bool Jobs::has_project_schedule(const std::string& uuid) {
  const auto found = jobs_.list({.uuids = {uuid}, .scheduled = true});
  return !found.empty();
}

Result<> Jobs::set_enabled(const auth::Identity& who, const std::string& uuid, Toggle toggle, bool on) {
  const bool schedule = toggle == Toggle::schedule;
  auto job = find(who, uuid, schedule ? "toggle_schedule" : "toggle_execution");
  if (!job) return fail(job.error());
  if (schedule && !(*job)->job.schedule && !has_project_schedule(uuid)) {
    return fail(ErrorKind::conflict, "Cannot toggle schedule for Job ID " + uuid + ": not a scheduled Job",
                "api.error.job.toggleSchedule.notScheduled");
  }
  const auto execution_value = schedule ? std::nullopt : std::optional(on);
  const auto schedule_value = schedule ? std::optional(on) : std::nullopt;
  if (!jobs_.set_enabled(uuid, execution_value, schedule_value, clock_.now())) return no_such("Job ID", uuid);
  record(who, audit::kUpdate, (*job)->job, std::string(schedule ? "schedule" : "execution") + (on ? " on" : " off"));
  return {};
}

std::vector<BulkOutcome> Jobs::set_enabled_many(const auth::Identity& who, const std::vector<std::string>& uuids,
                                                Toggle toggle, bool on) {
  const std::string what = toggle == Toggle::schedule ? "Schedule " : "Execution ";
  std::vector<BulkOutcome> outcomes;
  for (const std::string& uuid : uuids) {
    outcomes.push_back(bulk_outcome(uuid, set_enabled(who, uuid, toggle, on),
                                    what + (on ? "enabled" : "disabled") + " for job " + uuid));
  }
  return outcomes;
}

Jobs::Facts Jobs::facts(const std::string& uuid) {
  const StoredJobPtr stored = cache_.find(uuid);
  return {stored ? stored->job.description : "", durations_.of(uuid)};
}

// One reading of a tree. Each job is looked up once, however many steps call it.
struct Jobs::TreeWalk {
  const auth::Identity& who;
  std::map<std::string, StoredJobPtr> targets = {};  // by what references say; null: nothing that `who` may view
  std::size_t steps = 0;
};

Result<std::vector<TreeStep>> Jobs::workflow_tree(const auth::Identity& who, const std::string& uuid) {
  auto job = find(who, uuid, "view");
  if (!job) return fail(job.error());
  TreeWalk walk{who};
  return tree_of(walk, (*job)->job, kTreeDepth);
}

StoredJobPtr Jobs::target_of(TreeWalk& walk, const model::JobRefStep& reference, const std::string& project) {
  const bool by_uuid = !reference.uuid.empty() && !reference.use_name;
  const std::string& where = reference.project.empty() ? project : reference.project;
  const std::string key = by_uuid ? reference.uuid : where + "\n" + reference.group + "\n" + reference.name;
  const auto [known, is_new] = walk.targets.try_emplace(key);
  if (!is_new) return known->second;
  StoredJobPtr target;
  if (by_uuid) {
    target = cache_.find(reference.uuid);
  } else if (auto found = jobs_.find_by_name(where, reference.group, reference.name); !found.empty()) {
    target = std::make_shared<const store::StoredJob>(std::move(found.front()));
  }
  if (target && allowed(walk.who, job_decision(target->job, "view"))) known->second = std::move(target);
  return known->second;
}

std::vector<TreeStep> Jobs::tree_of(TreeWalk& walk, const model::Job& job, int depth) {
  const bool whole = allowed(walk.who, job_decision(job, "read"));
  walk.steps += job.workflow.steps.size();
  std::vector<TreeStep> tree;
  for (const model::Step& step : job.workflow.steps) {
    TreeStep entry{step, "", {}, !whole};
    if (const auto* reference = std::get_if<model::JobRefStep>(&step.action)) {
      if (const auto target = target_of(walk, *reference, job.project)) {
        entry.job_uuid = target->job.uuid;
        if (depth > 1 && walk.steps < kMostTreeSteps) entry.steps = tree_of(walk, target->job, depth - 1);
      }
    }
    tree.push_back(std::move(entry));
  }
  return tree;
}

}  // namespace qd::service
