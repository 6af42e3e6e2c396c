#include "store/project_schedule_store.hpp"

#include <algorithm>

#include "codec/project_schedule_codec.hpp"
#include "model/schedule_rules.hpp"
#include "store/condition.hpp"
#include "store/schedule_store.hpp"

namespace qd::store {
namespace {

constexpr const char* select_of_project =
    "SELECT id, project, definition FROM project_schedule WHERE project = ? ORDER BY name";
constexpr const char* select_by_id =
    "SELECT id, project, definition FROM project_schedule WHERE id = ? AND project = ?";
constexpr const char* select_by_name =
    "SELECT id, project, definition FROM project_schedule WHERE project = ? AND name = ?";
constexpr const char* select_assignments =
    "SELECT job_uuid, arg_string FROM schedule WHERE source = ? ORDER BY job_uuid";
constexpr const char* select_assignments_of_project =
    "SELECT source, job_uuid, arg_string FROM schedule WHERE source <> 0 AND project = ? ORDER BY job_uuid";
constexpr const char* insert_project_schedule =
    "INSERT INTO project_schedule (project, name, definition) VALUES (?, ?, ?)";
constexpr const char* update_project_schedule =
    "UPDATE project_schedule SET name = ?, definition = ? WHERE id = ? AND project = ?";
// Takes the row's lock: assignments and changes of one schedule follow each other.
constexpr const char* lock_project_schedule = "UPDATE project_schedule SET name = name WHERE id = ? AND project = ?";
constexpr const char* delete_project_schedule = "DELETE FROM project_schedule WHERE id = ? AND project = ?";

std::string definition_of(const model::ProjectSchedule& schedule) {
  return boost::json::serialize(codec::project_schedule_to_json(schedule));
}

model::ProjectSchedule read_project_schedule(const Row& row) {
  const auto document = parse_json(row.text(2));
  auto schedule =
      document ? codec::project_schedule_from_json(*document) : Result<model::ProjectSchedule>(fail(document.error()));
  if (!schedule) {
    throw DatabaseError("project schedule " + row.text(0) + " cannot be read: " + schedule.error().message, false);
  }
  schedule->id = row.integer(0);
  schedule->project = row.text(1);
  return std::move(*schedule);
}

std::optional<model::ProjectSchedule> read_one(Session& session, const Rows& rows) {
  if (rows.empty()) return std::nullopt;
  auto schedule = read_project_schedule(rows.front());
  for (const auto& row : session.query(select_assignments, {schedule.id}))
    schedule.jobs.push_back({row.text(0), row.text(1)});
  return schedule;
}

// Locked until the transaction ends.
std::optional<model::ProjectSchedule> hold_schedule(Session& session, const std::string& project, std::int64_t id) {
  session.execute(lock_project_schedule, {id, project});
  return read_one(session, session.query(select_by_id, {id, project}));
}

ScheduleRow row_of(const model::ProjectSchedule& schedule) {
  ScheduleRow row;
  row.source = schedule.id;
  row.project = schedule.project;
  row.name = schedule.name;
  row.expression = schedule.schedule.expression();
  row.zone = schedule.time_zone;
  row.missed_policy = schedule.missed_policy;
  return row;
}

bool assign_job(Session& session, const model::ProjectSchedule& schedule, const model::ScheduleAssignment& job,
                const std::string& server_uuid, UnixMillis now) {
  auto row = row_of(schedule);
  row.job_uuid = job.job_uuid;
  row.arg_string = job.arg_string;
  row.server_uuid = server_uuid;
  return ScheduleStore::assign(session, row, now);
}

}  // namespace

ProjectScheduleStore::ProjectScheduleStore(Database& database) : database_(database) {}

std::vector<model::ProjectSchedule> ProjectScheduleStore::list(const std::string& project) {
  std::vector<model::ProjectSchedule> schedules;
  std::map<std::int64_t, std::vector<model::ScheduleAssignment>> jobs;
  for (const auto& row : database_.query(select_assignments_of_project, {project}))
    jobs[row.integer(0)].push_back({row.text(1), row.text(2)});
  for (const auto& row : database_.query(select_of_project, {project})) {
    auto schedule = read_project_schedule(row);
    if (const auto assigned = jobs.find(schedule.id); assigned != jobs.end()) schedule.jobs = assigned->second;
    schedules.push_back(std::move(schedule));
  }
  return schedules;
}

std::optional<model::ProjectSchedule> ProjectScheduleStore::find(const std::string& project, std::int64_t id) {
  std::optional<model::ProjectSchedule> found;
  database_.run([&](Session& session) { found = read_one(session, session.query(select_by_id, {id, project})); }, true);
  return found;
}

std::optional<model::ProjectSchedule> ProjectScheduleStore::find_by_name(const std::string& project,
                                                                         const std::string& name) {
  std::optional<model::ProjectSchedule> found;
  database_.run(
      [&](Session& session) {
        found = read_one(session, session.query(select_by_name, {project, name}));
      },
      true);
  return found;
}

std::map<std::int64_t, std::string> ProjectScheduleStore::names(const std::set<std::int64_t>& ids) {
  std::map<std::int64_t, std::string> names;
  if (ids.empty()) return names;
  const auto wanted = is_one_of("id", std::vector<std::int64_t>(ids.begin(), ids.end()));
  for (const auto& row : database_.query("SELECT id, name FROM project_schedule WHERE " + wanted.sql, wanted.params))
    names.emplace(row.integer(0), row.text(1));
  return names;
}

ProjectScheduleStore::SaveOutcome ProjectScheduleStore::create(model::ProjectSchedule& schedule) {
  schedule.id = 0;  // its document names none
  try {
    schedule.id = database_.insert(insert_project_schedule, {schedule.project, schedule.name, definition_of(schedule)});
    return SaveOutcome::saved;
  } catch (const UniqueViolation&) {
    return SaveOutcome::name_taken;
  }
}

ProjectScheduleStore::SaveOutcome ProjectScheduleStore::update(const model::ProjectSchedule& schedule) {
  auto outcome = SaveOutcome::saved;
  try {
    database_.transact([&](Session& session) {
      const bool found = session.execute(update_project_schedule,
                                         {schedule.name, definition_of(schedule), schedule.id, schedule.project}) > 0;
      outcome = found ? SaveOutcome::saved : SaveOutcome::missing;
      if (!found) return;
      const auto now = session.now();
      for (const auto& row : session.query(select_assignments, {schedule.id}))
        assign_job(session, schedule, {row.text(0), row.text(1)}, "", now);
    });
  } catch (const UniqueViolation&) {
    outcome = SaveOutcome::name_taken;
  }
  return outcome;
}

bool ProjectScheduleStore::remove(const std::string& project, std::int64_t id) {
  bool found = false;
  database_.transact([&](Session& session) {
    found = session.execute(delete_project_schedule, {id, project}) > 0;
    if (!found) return;
    const auto now = session.now();
    for (const auto& row : session.query(select_assignments, {id}))
      ScheduleStore::unassign(session, row.text(0), id, now);
  });
  return found;
}

ProjectScheduleStore::AssignOutcome ProjectScheduleStore::assign(const std::string& project, std::int64_t id,
                                                                 const model::ScheduleAssignment& job,
                                                                 const std::string& server_uuid) {
  auto outcome = AssignOutcome::assigned;
  database_.transact([&](Session& session) {
    const auto schedule = hold_schedule(session, project, id);
    if (!schedule) {
      outcome = AssignOutcome::no_schedule;
      return;
    }
    const bool assigned = assign_job(session, *schedule, job, server_uuid, session.now());
    outcome = assigned ? AssignOutcome::assigned : AssignOutcome::no_job;
  });
  return outcome;
}

ProjectScheduleStore::AssignOutcome ProjectScheduleStore::assign_all(const std::string& project, std::int64_t id,
                                                                     const std::vector<model::ScheduleAssignment>& jobs,
                                                                     const std::string& server_uuid,
                                                                     std::string& missing) {
  struct NoSuchJob {};
  try {
    auto outcome = AssignOutcome::assigned;
    database_.transact([&](Session& session) {
      const auto schedule = hold_schedule(session, project, id);
      if (!schedule) {
        outcome = AssignOutcome::no_schedule;
        return;
      }
      const auto now = session.now();
      std::set<std::string> wanted;
      for (const auto& job : jobs) wanted.insert(job.job_uuid);
      for (const auto& old : schedule->jobs) {
        if (!wanted.contains(old.job_uuid)) ScheduleStore::unassign(session, old.job_uuid, id, now);
      }
      for (const auto& job : jobs) {
        if (assign_job(session, *schedule, job, server_uuid, now)) continue;
        missing = job.job_uuid;
        throw NoSuchJob{};
      }
    });
    return outcome;
  } catch (const NoSuchJob&) {
    return AssignOutcome::no_job;
  }
}

bool ProjectScheduleStore::unassign(const std::string& project, std::int64_t id, const std::string& job_uuid) {
  bool found = false;
  database_.transact([&](Session& session) {
    found = session.execute(lock_project_schedule, {id, project}) > 0 &&
            ScheduleStore::unassign(session, job_uuid, id, session.now());
  });
  return found;
}

}  // namespace qd::store
