// Project schedules as YAML files and JSON documents, in the peer's documented shape:
//
//   - name: Noon refresh                  - name: Every 5 minutes
//     description: every day at noon        description: ''
//     timeZone: ''                          timeZone: Europe/Berlin
//     type: SIMPLE                          type: CRON
//     schedule:                             crontabString: 0 */5 * ? * * *
//       hour: '12'
//       minute: '00'
//       dayOfWeek: MON,TUE or *
//       month: JAN,APR or *
//
// `id` and `project` are written and, when read, ignored: the place where a file is imported decides. Ours, left out
// when they are at their defaults: `retain`, `missedFires` (skip, once, all).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"
#include "model/project_schedule.hpp"

namespace qd::codec {

JsonObject project_schedule_to_json(const model::ProjectSchedule& schedule);
// Errors, of kind `invalid`, name the field. Whether the expression can fire is not looked at.
Result<model::ProjectSchedule> project_schedule_from_json(const Json& document);

using JobPaths = std::map<std::string, std::string>;  // "group/name" by uuid

std::string encode_project_schedules(const std::vector<model::ProjectSchedule>& schedules);  // YAML
// With `jobs`, ours, as archives need it: [{uuid, name, argString}].
std::string encode_project_schedules(const std::vector<model::ProjectSchedule>& schedules, const JobPaths& paths);

// A job that a file assigns a schedule to.
struct ScheduledJob {
  std::string uuid, path, arg_string;
};

struct DecodedSchedule {
  std::string name;  // as far as it could be read
  Result<model::ProjectSchedule> schedule;
  std::vector<ScheduledJob> jobs = {};
};
// YAML, and thereby JSON: a list, or one schedule alone. An error when it is neither.
Result<std::vector<DecodedSchedule>> decode_project_schedules(std::string_view text);

}  // namespace qd::codec
