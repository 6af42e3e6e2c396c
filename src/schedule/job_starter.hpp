// Starts the fires of jobs through the launcher.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "engine/launcher.hpp"
#include "schedule/scheduler.hpp"
#include "store/job_store.hpp"
#include "store/project_store.hpp"

namespace qd::schedule {

// Used by the scheduler's thread only.
class JobStarter final : public FireStarter {
 public:
  struct Settings {
    bool missed_executions = true;  // rundeck.feature.misfireDetection.enabled
  };
  // Why nothing of the project runs at that time; "" when it may.
  using Excluded = std::function<std::string(const store::ScheduleRow&, UnixMillis due)>;

  JobStarter(engine::Launcher& launcher, store::JobStore& jobs, store::ProjectStore& projects, Excluded excluded,
             Settings settings);

  void begin_tick() override { projects_read_.clear(); }
  Answer prepare(const store::ScheduleRow& schedule, UnixMillis due, UnixMillis now) override;
  std::optional<std::int64_t> insert_missed(store::Session& session, const store::ScheduleRow& schedule,
                                            const store::FireRow& fire) override;
  std::string excluded(const store::ScheduleRow& schedule, UnixMillis due) override;

 private:
  using ProjectConfig = std::map<std::string, std::string>;
  struct Known {
    std::int64_t revision = 0;
    std::shared_ptr<const store::StoredJob> job;
  };
  std::shared_ptr<const store::StoredJob> job_of(const store::ScheduleRow& schedule);
  const ProjectConfig* config_of(const std::string& project);  // null: no such project

  engine::Launcher& launcher_;
  store::JobStore& jobs_;
  store::ProjectStore& projects_;
  const Excluded excluded_;
  const Settings settings_;
  std::map<std::string, Known> jobs_read_;  // by uuid; a definition is parsed once for each revision
  std::map<std::string, std::optional<ProjectConfig>> projects_read_;  // of this tick
};

}  // namespace qd::schedule
