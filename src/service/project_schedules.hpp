// Use cases on project schedules: define, import and export, assign to jobs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "auth/identity.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "codec/project_schedule_codec.hpp"
#include "model/project_schedule.hpp"
#include "store/job_store.hpp"
#include "store/project_schedule_store.hpp"
#include "store/project_store.hpp"

namespace qd::service {

// What became of one entry of a file of schedules.
struct ScheduleImport {
  std::string name;
  std::int64_t id = 0;  // 0: it failed
  bool created = false;
  std::string error;  // "" when it worked
};

// Thread-safe; blocks on the database. All of it needs the right to configure the project.
class ProjectSchedules {
 public:
  ProjectSchedules(store::Database& database, store::ProjectStore& projects, store::JobStore& jobs, const Clock& clock,
                   std::string server_uuid)
      : schedules_(database), projects_(projects), jobs_(jobs), clock_(clock), server_uuid_(std::move(server_uuid)) {}

  Result<std::vector<model::ProjectSchedule>> list(const auth::Identity& who, const std::string& project);
  Result<model::ProjectSchedule> find(const auth::Identity& who, const std::string& project, std::int64_t id);
  Result<model::ProjectSchedule> create(const auth::Identity& who, const std::string& project,
                                        model::ProjectSchedule schedule);
  Result<model::ProjectSchedule> update(const auth::Identity& who, const std::string& project, std::int64_t id,
                                        model::ProjectSchedule schedule);
  Result<> remove(const auth::Identity& who, const std::string& project, std::int64_t id);
  // Schedules with a known name are updated and keep their jobs, others are made.
  Result<std::vector<ScheduleImport>> import(const auth::Identity& who, const std::string& project,
                                             std::string_view text);

  // The schedules of a project as a file, each with the jobs that it is assigned to; "" when there are none. On
  // nobody's behalf.
  std::string export_text(const std::string& project);
  // Reads such a file, or one without jobs. Jobs are found by uuid, else by group and name, and keep what they are
  // assigned to besides. What went wrong, for people.
  std::vector<std::string> import_text(const auth::Identity& who, const std::string& project, std::string_view text);

  // One job, or (`assign_all`) exactly these.
  Result<model::ProjectSchedule> assign(const auth::Identity& who, const std::string& project, std::int64_t id,
                                        const model::ScheduleAssignment& job);
  Result<model::ProjectSchedule> assign_all(const auth::Identity& who, const std::string& project, std::int64_t id,
                                            const std::vector<model::ScheduleAssignment>& jobs);
  Result<> unassign(const auth::Identity& who, const std::string& project, std::int64_t id,
                    const std::string& job_uuid);

  // Of the jobs that schedules are assigned to, for lists.
  std::vector<store::JobSummary> jobs_of(const std::vector<model::ProjectSchedule>& schedules);

 private:
  Result<> check(const auth::Identity& who, const std::string& project);
  Result<> check_rule(const model::ProjectSchedule& schedule) const;
  ScheduleImport import_one(const std::string& project, model::ProjectSchedule schedule);
  std::string assign_from_file(const std::string& project, const ScheduleImport& schedule,
                               const codec::ScheduledJob& job);

  store::ProjectScheduleStore schedules_;
  store::ProjectStore& projects_;
  store::JobStore& jobs_;
  const Clock& clock_;
  const std::string server_uuid_;
};

}  // namespace qd::service
