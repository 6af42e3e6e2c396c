// A schedule of a project: defined once, apart from jobs, and assigned to any of them.
// Source: the peer's documentation, "Project Schedules".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/job.hpp"

namespace qd::model {

struct ScheduleAssignment {
  std::string job_uuid;
  std::string arg_string;  // option values for the fires of this schedule: "-opt value"
  bool operator==(const ScheduleAssignment&) const = default;
};

struct ProjectSchedule {
  std::int64_t id = 0;  // 0: not stored yet
  std::string project;
  std::string name;
  std::string description;
  Schedule schedule;  // type CRON has `crontab`, type SIMPLE has `parts`
  std::string time_zone;
  bool retain = false;                   // kept on jobs that are imported without schedules
  std::string missed_policy = "skip";    // as of a job: skip, once, all
  std::vector<ScheduleAssignment> jobs;  // by uuid; not part of the definition

  bool operator==(const ProjectSchedule&) const = default;
};

}  // namespace qd::model
