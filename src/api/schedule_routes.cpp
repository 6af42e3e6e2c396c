// Schedules: forecast of a job, jobs by the member that owns their schedule, takeover.
#include "api/answers.hpp"
#include "api/job_json.hpp"
#include "api/links.hpp"
#include "api/parameters.hpp"
#include "api/route.hpp"
#include "base/text.hpp"
#include "service/errors.hpp"

namespace qd::api {
namespace {

Result<service::ForecastRequest> forecast_request(const Call& call) {
  service::ForecastRequest request;
  request.now = call.services.clock.now();
  request.past = call.version >= 32 && call.truth("past");
  request.with_one_time = call.version >= 48;
  const std::string time = call.query("time").value_or("1d");
  const auto until = relative_to(request.now, time, request.past);
  if (!until) {
    return service::bad_parameter("time", time,
                                  "it must be a whole number and one of s, n (minutes), h, d, w, m, y, as in 2w");
  }
  request.until = *until;
  // As the peer does it: what is no positive number is no limit.
  if (const auto max = base::parse_int(call.query("max").value_or("")); max && *max > 0)
    request.max = static_cast<std::size_t>(*max);
  return request;
}

http::Response get_forecast(Call& call) {
  const auto request = forecast_request(call);
  if (!request) return error_answer(request.error());
  const auto forecast = call.services.schedules.forecast(call.who, call.param("id"), *request);
  return answer(forecast, [&](const service::Forecast& found) {
    store::JobSummary summary = summary_of(*found.job);
    show_owner(summary, found.owner);
    JsonObject object = job_summary_json(call, summary);
    if (found.fires) {
      JsonArray dates;
      for (const UnixMillis due : *found.fires) dates.emplace_back(iso8601(due));
      object["futureScheduledExecutions"] = std::move(dates);
    }
    if (call.version >= 48) {
      object["projectDisableExecutions"] = found.project_executions_off;
      object["projectDisableSchedule"] = found.project_schedules_off;
      if (const auto average = call.services.jobs.average_duration(summary.uuid)) object["averageDuration"] = *average;
    }
    return json_answer(object);
  });
}

http::Response jobs_of(Call& call, const std::string& server_uuid) {
  const auto jobs = call.services.schedules.owned_jobs(call.who, server_uuid);
  return answer(jobs, [&](const std::vector<store::JobSummary>& found) {
    JsonArray list;
    for (const store::JobSummary& job : found) list.push_back(job_summary_json(call, job));
    return json_answer(list);
  });
}

http::Response own_jobs(Call& call) {
  return jobs_of(call, call.services.system.member().server_uuid);
}
http::Response server_jobs(Call& call) {
  return jobs_of(call, call.param("uuid"));
}

struct TakeoverRequest {
  store::TakeoverFilter filter;
  bool all = false;
};

Result<TakeoverRequest> takeover_request(const Call& call) {
  const std::string type = call.request.content_type();
  if (!type.empty() && !call.has_json_body()) {
    return fail(ErrorKind::unsupported_format,
                "Invalid API Request: Expected content of type application/json, content was of type: " + type,
                "api.error.invalid.request");
  }
  const auto body = call.json_body();
  if (!body) return fail(body.error());
  TakeoverRequest request;
  if (const Json* server = find(*body, "server"); server != nullptr && server->is_object()) {
    request.all = truth_or(server->get_object(), "all", false);
    const std::string uuid = text_or(server->get_object(), "uuid");
    if (!request.all && !uuid.empty()) request.filter.from_server = uuid;
  }
  request.filter.project = text_or(*body, "project");
  const auto add_job = [&](const Json& job) {
    const std::string id = job.is_object() ? text_or(job.get_object(), "id") : "";
    if (!id.empty()) request.filter.jobs.push_back(id);
  };
  if (const Json* job = find(*body, "job")) add_job(*job);
  if (const Json* jobs = find(*body, "jobs"); jobs != nullptr && jobs->is_array() && call.version >= 32) {
    for (const Json& job : jobs->get_array()) add_job(job);
  }
  if (!request.all && !request.filter.from_server && request.filter.jobs.empty()) {
    return fail(ErrorKind::invalid, "Invalid API Request: Expected server.uuid or server.all or job.id in request.",
                "api.error.invalid.request");
  }
  return request;
}

JsonObject self_json(const Services& services) {
  return {{"server", JsonObject{{"uuid", services.system.member().server_uuid}}}};
}

JsonObject takeover_json(const Call& call, const TakeoverRequest& request, const store::ScheduleStore::Taken& taken) {
  JsonArray successful;
  for (const store::TakenJob& job : taken.jobs) {
    JsonObject entry{{"href", job_href(call.services, job.uuid)},
                     {"permalink", job_permalink(call.services, job.project, job.uuid)},
                     {"id", job.uuid}};
    if (call.version >= 17) entry["previous-owner"] = job.previous_owner;
    successful.push_back(std::move(entry));
  }
  JsonObject takeover{
      {"jobs", JsonObject{{"failed", JsonArray()}, {"successful", std::move(successful)}, {"total", taken.total}}}};
  takeover["server"] =
      request.all
          ? JsonObject{{"all", true}}
          : JsonObject{{"uuid", request.filter.from_server ? Json(*request.filter.from_server) : Json(nullptr)}};
  if (!request.filter.project.empty()) takeover["project"] = request.filter.project;
  const std::string total = std::to_string(taken.total);
  return {{"takeoverSchedule", std::move(takeover)},
          {"self", self_json(call.services)},
          {"message", "Schedule Takeover successful for " + total + "/" + total + " Jobs."},
          {"apiversion", kCurrentVersion},
          {"success", true}};
}

http::Response take_over(Call& call) {
  if (!call.services.system.member().cluster) {
    return json_answer(JsonObject{{"message", "No action performed, cluster mode is not enabled."},
                                  {"self", self_json(call.services)},
                                  {"apiversion", kCurrentVersion},
                                  {"success", true}});
  }
  const auto request = takeover_request(call);
  if (!request) return error_answer(request.error());
  const auto taken = call.services.schedules.take_over(call.who, request->filter);
  return answer(
      taken, [&](const store::ScheduleStore::Taken& jobs) { return json_answer(takeover_json(call, *request, jobs)); });
}

}  // namespace

const std::vector<Route>& schedule_routes() {
  static const std::vector<Route> kRoutes{
      {"GET", "job/{id}/forecast", 31, {"job", "read"}, get_forecast},
      {"GET", "scheduler/jobs", 17, {"job", "read"}, own_jobs},
      {"GET", "scheduler/server/{uuid}/jobs", 17, {"job", "read"}, server_jobs},
      {"PUT", "scheduler/takeover", 14, {"job", "admin"}, take_over},
  };
  return kRoutes;
}

}  // namespace qd::api
