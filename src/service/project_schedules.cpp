#include "service/project_schedules.hpp"

#include <set>

#include "model/cron_schedule.hpp"
#include "service/access.hpp"
#include "service/errors.hpp"
#include "service/job_of_project.hpp"

namespace qd::service {
namespace {

using SaveOutcome = store::ProjectScheduleStore::SaveOutcome;
using AssignOutcome = store::ProjectScheduleStore::AssignOutcome;

tl::unexpected<Error> no_such_schedule(std::int64_t id) {
  return no_such("Schedule", std::to_string(id));
}

tl::unexpected<Error> no_such_job_here(const std::string& project, const std::string& uuid) {
  return fail(ErrorKind::not_found,
              "Job ID does not exist in project " + project + ": " + uuid +
                  ". A project schedule is assigned to jobs of its own project.",
              "api.error.item.doesnotexist");
}

tl::unexpected<Error> name_taken(const model::ProjectSchedule& schedule) {
  return fail(ErrorKind::conflict,
              "Schedule already exists: " + schedule.name + ", in project " + schedule.project +
                  ". Change that one, or choose another name.",
              "api.error.item.alreadyexists");
}

}  // namespace

Result<> ProjectSchedules::check(const auth::Identity& who, const std::string& project) {
  if (!projects_.find(project)) return no_such_project(project);
  return require(who, {"project", "configure", project}, "Project", project);
}

Result<> ProjectSchedules::check_rule(const model::ProjectSchedule& schedule) const {
  const auto rule = model::read_live_schedule(schedule.schedule, schedule.time_zone, clock_.now());
  if (rule) return {};
  return fail(ErrorKind::invalid, "schedule \"" + schedule.name + "\": " + rule.error().message);
}

Result<std::vector<model::ProjectSchedule>> ProjectSchedules::list(const auth::Identity& who,
                                                                   const std::string& project) {
  if (auto right = check(who, project); !right) return fail(right.error());
  return schedules_.list(project);
}

Result<model::ProjectSchedule> ProjectSchedules::find(const auth::Identity& who, const std::string& project,
                                                      std::int64_t id) {
  if (auto right = check(who, project); !right) return fail(right.error());
  auto schedule = schedules_.find(project, id);
  if (!schedule) return no_such_schedule(id);
  return std::move(*schedule);
}

Result<model::ProjectSchedule> ProjectSchedules::create(const auth::Identity& who, const std::string& project,
                                                        model::ProjectSchedule schedule) {
  if (auto right = check(who, project); !right) return fail(right.error());
  schedule.project = project;
  if (auto ok = check_rule(schedule); !ok) return fail(ok.error());
  if (schedules_.create(schedule) == SaveOutcome::name_taken) return name_taken(schedule);
  return schedule;
}

Result<model::ProjectSchedule> ProjectSchedules::update(const auth::Identity& who, const std::string& project,
                                                        std::int64_t id, model::ProjectSchedule schedule) {
  if (auto right = check(who, project); !right) return fail(right.error());
  schedule.project = project;
  schedule.id = id;
  if (auto ok = check_rule(schedule); !ok) return fail(ok.error());
  switch (schedules_.update(schedule)) {
    case SaveOutcome::saved:
      return find(who, project, id);
    case SaveOutcome::name_taken:
      return name_taken(schedule);
    case SaveOutcome::missing:
      break;
  }
  return no_such_schedule(id);
}

Result<> ProjectSchedules::remove(const auth::Identity& who, const std::string& project, std::int64_t id) {
  if (auto right = check(who, project); !right) return right;
  if (!schedules_.remove(project, id)) return no_such_schedule(id);
  return {};
}

ScheduleImport ProjectSchedules::import_one(const std::string& project, model::ProjectSchedule schedule) {
  ScheduleImport done{.name = schedule.name, .id = 0, .created = false, .error = {}};
  schedule.project = project;
  if (auto ok = check_rule(schedule); !ok) {
    done.error = ok.error().message;
    return done;
  }
  const auto known = schedules_.find_by_name(project, schedule.name);
  if (known) schedule.id = known->id;
  const SaveOutcome outcome = known ? schedules_.update(schedule) : schedules_.create(schedule);
  if (outcome != SaveOutcome::saved) {
    done.error = "The schedule was changed or deleted by somebody else meanwhile. Import it again.";
    return done;
  }
  done.id = schedule.id;
  done.created = !known;
  return done;
}

Result<std::vector<ScheduleImport>> ProjectSchedules::import(const auth::Identity& who, const std::string& project,
                                                             std::string_view text) {
  if (auto right = check(who, project); !right) return fail(right.error());
  auto decoded = codec::decode_project_schedules(text);
  if (!decoded) return fail(decoded.error());
  std::vector<ScheduleImport> outcomes;
  for (const codec::DecodedSchedule& entry : *decoded) {
    outcomes.push_back(entry.schedule ? import_one(project, *entry.schedule)
                                      : ScheduleImport{entry.name, 0, false, entry.schedule.error().message});
  }
  return outcomes;
}

std::string ProjectSchedules::export_text(const std::string& project) {
  const auto schedules = schedules_.list(project);
  if (schedules.empty()) return {};
  codec::JobPaths paths;
  for (const store::JobSummary& job : jobs_of(schedules))
    paths[job.uuid] = job.group.empty() ? job.name : job.group + "/" + job.name;
  return codec::encode_project_schedules(schedules, paths);
}

// "" when it worked.
std::string ProjectSchedules::assign_from_file(const std::string& project, const ScheduleImport& schedule,
                                               const codec::ScheduledJob& job) {
  const auto found = job_of_project(jobs_, project, job.uuid, job.path);
  const auto outcome = found ? schedules_.assign(project, schedule.id, {found->job.uuid, job.arg_string}, server_uuid_)
                             : AssignOutcome::no_job;
  if (outcome == AssignOutcome::assigned) return {};
  return "schedule \"" + schedule.name + "\": project " + project + " has no job " + job.path + " (" + job.uuid +
         "); the schedule was not assigned to it.";
}

std::vector<std::string> ProjectSchedules::import_text(const auth::Identity& who, const std::string& project,
                                                       std::string_view text) {
  if (auto right = check(who, project); !right) return {right.error().message};
  const auto decoded = codec::decode_project_schedules(text);
  if (!decoded) return {decoded.error().message};
  std::vector<std::string> problems;
  for (const codec::DecodedSchedule& entry : *decoded) {
    if (!entry.schedule) {
      problems.push_back(entry.schedule.error().message);
      continue;
    }
    const ScheduleImport done = import_one(project, *entry.schedule);
    if (!done.error.empty()) {
      problems.push_back(done.error);
      continue;
    }
    for (const codec::ScheduledJob& job : entry.jobs) {
      if (auto problem = assign_from_file(project, done, job); !problem.empty()) problems.push_back(std::move(problem));
    }
  }
  return problems;
}

Result<model::ProjectSchedule> ProjectSchedules::assign(const auth::Identity& who, const std::string& project,
                                                        std::int64_t id, const model::ScheduleAssignment& job) {
  if (auto right = check(who, project); !right) return fail(right.error());
  switch (schedules_.assign(project, id, job, server_uuid_)) {
    case AssignOutcome::assigned:
      return find(who, project, id);
    case AssignOutcome::no_job:
      return no_such_job_here(project, job.job_uuid);
    case AssignOutcome::no_schedule:
      break;
  }
  return no_such_schedule(id);
}

Result<model::ProjectSchedule> ProjectSchedules::assign_all(const auth::Identity& who, const std::string& project,
                                                            std::int64_t id,
                                                            const std::vector<model::ScheduleAssignment>& jobs) {
  if (auto right = check(who, project); !right) return fail(right.error());
  std::string missing;
  switch (schedules_.assign_all(project, id, jobs, server_uuid_, missing)) {
    case AssignOutcome::assigned:
      return find(who, project, id);
    case AssignOutcome::no_job:
      return no_such_job_here(project, missing);
    case AssignOutcome::no_schedule:
      break;
  }
  return no_such_schedule(id);
}

Result<> ProjectSchedules::unassign(const auth::Identity& who, const std::string& project, std::int64_t id,
                                    const std::string& job_uuid) {
  if (auto schedule = find(who, project, id); !schedule) return fail(schedule.error());
  if (!schedules_.unassign(project, id, job_uuid)) return no_such("Assignment of job", job_uuid);
  return {};
}

std::vector<store::JobSummary> ProjectSchedules::jobs_of(const std::vector<model::ProjectSchedule>& schedules) {
  std::set<std::string> uuids;
  for (const model::ProjectSchedule& schedule : schedules) {
    for (const model::ScheduleAssignment& job : schedule.jobs) uuids.insert(job.job_uuid);
  }
  if (uuids.empty()) return {};
  store::JobQuery query;
  query.uuids = {uuids.begin(), uuids.end()};
  return jobs_.list(query);
}

}  // namespace qd::service
