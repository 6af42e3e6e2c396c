// Project schedules: define, import and export, assign to jobs. The peer documents no API for them; this one is ours.
#include <map>

#include "api/answers.hpp"
#include "api/links.hpp"
#include "api/route.hpp"
#include "base/text.hpp"
#include "codec/project_schedule_codec.hpp"
#include "service/errors.hpp"

namespace qd::api {
namespace {

using model::ProjectSchedule;

JsonArray schedules_json(const Call& call, const std::vector<ProjectSchedule>& schedules) {
  std::map<std::string, store::JobSummary> known;
  for (store::JobSummary& job : call.services.project_schedules.jobs_of(schedules))
    known.emplace(job.uuid, std::move(job));
  JsonArray list;
  for (const ProjectSchedule& schedule : schedules) {
    JsonObject object = codec::project_schedule_to_json(schedule);
    object["retain"] = schedule.retain;
    object["missedFires"] = schedule.missed_policy;
    JsonArray jobs;
    for (const model::ScheduleAssignment& assigned : schedule.jobs) {
      JsonObject job{{"id", assigned.job_uuid}, {"argString", assigned.arg_string}};
      if (const auto summary = known.find(assigned.job_uuid); summary != known.end()) {
        job["name"] = summary->second.name;
        job["group"] = summary->second.group.empty() ? Json(nullptr) : Json(summary->second.group);
        job["href"] = job_href(call.services, assigned.job_uuid);
        job["permalink"] = job_permalink(call.services, schedule.project, assigned.job_uuid);
      }
      jobs.push_back(std::move(job));
    }
    object["jobs"] = std::move(jobs);
    list.push_back(std::move(object));
  }
  return list;
}

http::Response one_answer(const Call& call, const Result<ProjectSchedule>& found, int status = 200) {
  return answer(found, [&](const ProjectSchedule& schedule) {
    return json_answer(schedules_json(call, {schedule}).front(), status);
  });
}

bool wants_yaml(const Call& call) {
  if (const auto format = call.query("format")) return base::iequals(*format, "yaml");
  return call.accepts("yaml");
}

http::Response yaml_answer(const std::vector<ProjectSchedule>& schedules) {
  return http::Response::text(200, codec::encode_project_schedules(schedules), "text/yaml;charset=UTF-8");
}

// The schedule's number in the path; nothing has the number 0.
std::int64_t id_of(const Call& call) {
  return base::parse_int(call.param("id")).value_or(0);
}

http::Response list_schedules(Call& call) {
  const auto found = call.services.project_schedules.list(call.who, call.param("project"));
  return answer(found, [&](const std::vector<ProjectSchedule>& schedules) {
    return wants_yaml(call) ? yaml_answer(schedules) : json_answer(schedules_json(call, schedules));
  });
}

http::Response get_schedule(Call& call) {
  const auto found = call.services.project_schedules.find(call.who, call.param("project"), id_of(call));
  if (found && wants_yaml(call)) return yaml_answer({*found});
  return one_answer(call, found);
}

Result<ProjectSchedule> schedule_in_body(const Call& call) {
  auto body = call.json_body();
  if (!body) return fail(body.error());
  return codec::project_schedule_from_json(Json(std::move(*body)));
}

http::Response create_schedule(Call& call) {
  auto schedule = schedule_in_body(call);
  if (!schedule) return error_answer(schedule.error());
  const auto made = call.services.project_schedules.create(call.who, call.param("project"), std::move(*schedule));
  return one_answer(call, made, 201);
}

http::Response update_schedule(Call& call) {
  auto schedule = schedule_in_body(call);
  if (!schedule) return error_answer(schedule.error());
  return one_answer(
      call, call.services.project_schedules.update(call.who, call.param("project"), id_of(call), std::move(*schedule)));
}

http::Response delete_schedule(Call& call) {
  return answer(call.services.project_schedules.remove(call.who, call.param("project"), id_of(call)), no_content);
}

http::Response import_schedules(Call& call) {
  const auto done = call.services.project_schedules.import(call.who, call.param("project"), call.request.body);
  return answer(done, [](const std::vector<service::ScheduleImport>& outcomes) {
    JsonArray succeeded, failed;
    for (const service::ScheduleImport& outcome : outcomes) {
      if (outcome.error.empty()) {
        succeeded.push_back(JsonObject{{"id", outcome.id}, {"name", outcome.name}, {"created", outcome.created}});
      } else {
        failed.push_back(JsonObject{{"name", outcome.name}, {"error", outcome.error}});
      }
    }
    return json_answer(JsonObject{{"succeeded", std::move(succeeded)}, {"failed", std::move(failed)}});
  });
}

Result<std::string> arg_string_in(const JsonObject& body) {
  const Json* given = find(body, "argString");
  if (given == nullptr || given->is_null()) return std::string();
  if (!given->is_string())
    return fail(ErrorKind::invalid, "Invalid API Request: 'argString' must be text, as in \"-env prod\"",
                "api.error.invalid.request");
  return std::string(given->get_string());
}

http::Response assign_job(Call& call) {
  const auto body = call.json_body();
  if (!body) return error_answer(body.error());
  auto args = arg_string_in(*body);
  if (!args) return error_answer(args.error());
  return one_answer(call, call.services.project_schedules.assign(call.who, call.param("project"), id_of(call),
                                                                 {call.param("job"), std::move(*args)}));
}

Result<std::vector<model::ScheduleAssignment>> assignments_in_body(const Call& call) {
  const auto body = call.json_value();
  if (!body) return fail(body.error());
  const auto wrong =
      fail(ErrorKind::invalid,
           "Invalid API Request: the body must be a list of jobs as {\"id\": \"…\", \"argString\": \"…\"}",
           "api.error.invalid.request");
  if (!body->is_array()) return wrong;
  std::vector<model::ScheduleAssignment> jobs;
  for (const Json& entry : body->get_array()) {
    if (!entry.is_object() || text_or(entry.get_object(), "id").empty()) return wrong;
    auto args = arg_string_in(entry.get_object());
    if (!args) return fail(args.error());
    jobs.push_back({text_or(entry.get_object(), "id"), std::move(*args)});
  }
  return jobs;
}

http::Response assign_jobs(Call& call) {
  const auto jobs = assignments_in_body(call);
  if (!jobs) return error_answer(jobs.error());
  return one_answer(call,
                    call.services.project_schedules.assign_all(call.who, call.param("project"), id_of(call), *jobs));
}

http::Response unassign_job(Call& call) {
  const auto done =
      call.services.project_schedules.unassign(call.who, call.param("project"), id_of(call), call.param("job"));
  return answer(done, no_content);
}

}  // namespace

const std::vector<Route>& project_schedule_routes() {
  constexpr Needs kConfigure{"project", "configure"};
  static const std::vector<Route> kRoutes{
      {"GET", "project/{project}/schedules", 14, kConfigure, list_schedules},
      {"POST", "project/{project}/schedules", 14, kConfigure, create_schedule},
      {"POST", "project/{project}/schedules/import", 14, kConfigure, import_schedules},
      {"GET", "project/{project}/schedules/{id}", 14, kConfigure, get_schedule},
      {"PUT", "project/{project}/schedules/{id}", 14, kConfigure, update_schedule},
      {"DELETE", "project/{project}/schedules/{id}", 14, kConfigure, delete_schedule},
      {"PUT", "project/{project}/schedules/{id}/jobs", 14, kConfigure, assign_jobs},
      {"PUT", "project/{project}/schedules/{id}/jobs/{job}", 14, kConfigure, assign_job},
      {"DELETE", "project/{project}/schedules/{id}/jobs/{job}", 14, kConfigure, unassign_job},
  };
  return kRoutes;
}

}  // namespace qd::api
