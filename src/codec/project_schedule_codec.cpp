#include "codec/project_schedule_codec.hpp"

#include "base/text.hpp"
#include "codec/yaml.hpp"

namespace qd::codec {
namespace {

constexpr std::size_t kMaxScheduleName = 250;
constexpr std::size_t kMaxSchedulesInFile = 10'000;

tl::unexpected<Error> bad_schedule(const std::string& name, const std::string& what) {
  return fail(ErrorKind::invalid, (name.empty() ? "schedule: " : "schedule \"" + name + "\": ") + what);
}

JsonObject simple_to_json(const model::Schedule::Parts& parts) {
  return {{"dayOfWeek", parts.day_of_week.empty() ? "*" : parts.day_of_week},
          {"hour", parts.hour},
          {"minute", parts.minute},
          {"month", parts.month}};
}

Result<model::Schedule> read_simple(const JsonObject& object, const std::string& name) {
  const Json* given = find(object, "schedule");
  if (given == nullptr || !given->is_object())
    return bad_schedule(name, "type SIMPLE needs 'schedule' with hour, minute, dayOfWeek and month");
  const JsonObject& fields = given->get_object();
  model::Schedule::Parts parts;
  for (const char* key : {"hour", "minute"}) {
    if (text_or(fields, key).empty()) return bad_schedule(name, std::string("'schedule.") + key + "' is required");
  }
  parts.hour = text_or(fields, "hour");
  parts.minute = text_or(fields, "minute");
  parts.month = text_or(fields, "month", "*");
  parts.day_of_week = text_or(fields, "dayOfWeek", "*");
  model::Schedule schedule;
  schedule.parts = std::move(parts);
  return schedule;
}

Result<model::Schedule> read_rule(const JsonObject& object, const std::string& name) {
  const std::string crontab(base::trim(text_or(object, "crontabString")));
  const std::string type = text_or(object, "type", crontab.empty() ? "SIMPLE" : "CRON");
  if (base::iequals(type, "SIMPLE")) return read_simple(object, name);
  if (!base::iequals(type, "CRON")) return bad_schedule(name, "'type' must be CRON or SIMPLE, not \"" + type + "\"");
  if (crontab.empty()) return bad_schedule(name, "type CRON needs 'crontabString'");
  model::Schedule schedule;
  schedule.crontab = crontab;
  return schedule;
}

std::vector<ScheduledJob> scheduled_jobs(const Json& entry) {
  std::vector<ScheduledJob> jobs;
  const Json* list = find(entry, "jobs");
  if (list == nullptr || !list->is_array()) return jobs;
  for (const Json& job : list->get_array()) {
    if (!job.is_object()) continue;
    const JsonObject& object = job.get_object();
    jobs.push_back({text_or(object, "uuid"), text_or(object, "name"), text_or(object, "argString")});
  }
  return jobs;
}

}  // namespace

JsonObject project_schedule_to_json(const model::ProjectSchedule& schedule) {
  JsonObject object;
  const bool simple = schedule.schedule.crontab.empty() && schedule.schedule.parts.has_value();
  if (!simple) object["crontabString"] = schedule.schedule.crontab;
  object["description"] = schedule.description;
  if (schedule.id != 0) object["id"] = schedule.id;
  if (schedule.missed_policy != "skip") object["missedFires"] = schedule.missed_policy;
  object["name"] = schedule.name;
  object["project"] = schedule.project;
  if (schedule.retain) object["retain"] = true;
  if (simple) object["schedule"] = simple_to_json(*schedule.schedule.parts);
  object["timeZone"] = schedule.time_zone;
  object["type"] = simple ? "SIMPLE" : "CRON";
  return object;
}

Result<model::ProjectSchedule> project_schedule_from_json(const Json& document) {
  if (!document.is_object()) return bad_schedule("", "it must be a map");
  const JsonObject& object = document.get_object();
  model::ProjectSchedule schedule;
  schedule.name = std::string(base::trim(text_or(object, "name")));
  if (schedule.name.empty()) return bad_schedule("", "'name' is required");
  if (schedule.name.size() > kMaxScheduleName) {
    return bad_schedule(schedule.name.substr(0, 40), "'name' has " + std::to_string(schedule.name.size()) +
                                                         " bytes; at most " + std::to_string(kMaxScheduleName) +
                                                         " are kept");
  }
  schedule.description = text_or(object, "description");
  schedule.time_zone = std::string(base::trim(text_or(object, "timeZone")));
  schedule.retain = truth_or(object, "retain", false);
  schedule.missed_policy = text_or(object, "missedFires", "skip");
  if (schedule.missed_policy != "skip" && schedule.missed_policy != "once" && schedule.missed_policy != "all")
    return bad_schedule(schedule.name,
                        "'missedFires' must be skip, once or all, not \"" + schedule.missed_policy + "\"");
  auto rule = read_rule(object, schedule.name);
  if (!rule) return fail(rule.error());
  schedule.schedule = std::move(*rule);
  return schedule;
}

std::string encode_project_schedules(const std::vector<model::ProjectSchedule>& schedules) {
  JsonArray list;
  for (const model::ProjectSchedule& schedule : schedules) list.push_back(project_schedule_to_json(schedule));
  return write_yaml(list);
}

std::string encode_project_schedules(const std::vector<model::ProjectSchedule>& schedules, const JobPaths& paths) {
  JsonArray list;
  for (const model::ProjectSchedule& schedule : schedules) {
    JsonObject object = project_schedule_to_json(schedule);
    JsonArray jobs;
    for (const model::ScheduleAssignment& job : schedule.jobs) {
      const auto path = paths.find(job.job_uuid);
      if (path == paths.end()) continue;  // deleted since
      jobs.push_back(JsonObject{{"uuid", job.job_uuid}, {"name", path->second}, {"argString", job.arg_string}});
    }
    if (!jobs.empty()) object["jobs"] = std::move(jobs);
    list.push_back(std::move(object));
  }
  return write_yaml(list);
}

Result<std::vector<DecodedSchedule>> decode_project_schedules(std::string_view text) {
  auto document = parse_yaml(text);
  if (!document) return fail(document.error());
  if (document->is_object()) document = Json(JsonArray{*document});
  if (!document->is_array()) {
    return fail(ErrorKind::invalid, "The file must be a list of schedules, or one schedule, as YAML or JSON.");
  }
  const JsonArray& list = document->get_array();
  if (list.size() > kMaxSchedulesInFile) {
    return fail(ErrorKind::too_large, "The file has " + std::to_string(list.size()) + " schedules; at most " +
                                          std::to_string(kMaxSchedulesInFile) + " are accepted at once.");
  }
  std::vector<DecodedSchedule> decoded;
  for (const Json& entry : list) {
    const std::string name = entry.is_object() ? text_or(entry.get_object(), "name") : "";
    decoded.push_back({name, project_schedule_from_json(entry), scheduled_jobs(entry)});
  }
  return decoded;
}

}  // namespace qd::codec
