// Schedules of projects. An assignment to a job is a row of table `schedule` whose source is the project schedule, so
// that every change of a definition reaches the jobs' next fires in the same transaction.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/project_schedule.hpp"
#include "store/database.hpp"

namespace qd::store {

// Thread-safe.
class ProjectScheduleStore {
 public:
  explicit ProjectScheduleStore(Database& database);

  std::vector<model::ProjectSchedule> list(const std::string& project);  // by name
  std::optional<model::ProjectSchedule> find(const std::string& project, std::int64_t id);
  std::optional<model::ProjectSchedule> find_by_name(const std::string& project, const std::string& name);
  std::map<std::int64_t, std::string> names(const std::set<std::int64_t>& ids);

  enum class SaveOutcome { saved, name_taken, missing };
  // The definition alone; `jobs` is not looked at. create() sets the id.
  SaveOutcome create(model::ProjectSchedule& schedule);
  SaveOutcome update(const model::ProjectSchedule& schedule);
  // With its assignments. False: there is none.
  bool remove(const std::string& project, std::int64_t id);

  enum class AssignOutcome { assigned, no_schedule, no_job };
  // Assigns, or changes the option values of, one job of the schedule's project. A job that had no schedule yet belongs
  // to `server_uuid` then.
  AssignOutcome assign(const std::string& project, std::int64_t id, const model::ScheduleAssignment& job,
                       const std::string& server_uuid);
  // Assigns these jobs and no others. Nothing is changed when one of them is missing: `missing` is its uuid then.
  AssignOutcome assign_all(const std::string& project, std::int64_t id,
                           const std::vector<model::ScheduleAssignment>& jobs, const std::string& server_uuid,
                           std::string& missing);
  bool unassign(const std::string& project, std::int64_t id, const std::string& job_uuid);

 private:
  Database& database_;
};

}  // namespace qd::store
