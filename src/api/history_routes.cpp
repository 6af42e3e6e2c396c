// History: what ended, and how.
#include "api/answers.hpp"
#include "api/execution_json.hpp"
#include "api/execution_query.hpp"
#include "api/links.hpp"
#include "api/route.hpp"

namespace qd::api {
namespace {

// The short words of older versions.
std::string status_word(const std::string& status) {
  if (status == model::status::succeeded) return "succeed";
  if (status == model::status::failed) return "fail";
  if (status == model::status::aborted) return "cancel";
  if (status == model::status::failed_with_retry) return "retry";
  if (status == model::status::timed_out) return "timeout";
  return status;
}

JsonObject event_json(const Call& call, const model::Execution& execution) {
  const std::string title = execution.job_uuid.empty()    ? "adhoc"
                            : execution.job_group.empty() ? execution.job_name
                                                          : execution.job_group + "/" + execution.job_name;
  const std::size_t succeeded = execution.succeeded_nodes.size();
  const std::size_t failed = execution.failed_nodes.size();
  JsonObject event{
      {"starttime", execution.started.value_or(0)},
      {"endtime", execution.ended.value_or(0)},
      {"title", title},
      {"status", status_text(execution)},
      {"statusString", status_word(execution.status)},
      {"summary", execution.description},
      {"node-summary", JsonObject{{"succeeded", succeeded}, {"failed", failed}, {"total", succeeded + failed}}},
      {"user", execution.user},
      {"project", execution.project},
      {"date-started", iso8601(execution.started.value_or(0))},
      {"date-ended", iso8601(execution.ended.value_or(0))},
      {"execution", JsonObject{{"id", std::to_string(execution.id)},
                               {"href", execution_href(call.services, execution.id)},
                               {"permalink", execution_permalink(call.services, execution.project, execution.id)}}}};
  if (!execution.job_uuid.empty()) {
    event["job"] = JsonObject{{"id", execution.job_uuid},
                              {"href", job_href(call.services, execution.job_uuid)},
                              {"permalink", job_permalink(call.services, execution.project, execution.job_uuid)}};
  }
  if (!execution.aborted_by.empty()) event["abortedby"] = execution.aborted_by;
  return event;
}

http::Response history(Call& call) {
  auto query = execution_query(call);
  if (!query) return error_answer(query.error());
  query->finished_only = true;
  if (const auto status = call.query("statFilter")) {
    if (*status == "succeed")
      query->statuses = {model::status::succeeded};
    else if (*status == "cancel")
      query->statuses = {model::status::aborted};
    else if (*status == "fail")
      query->statuses = {model::status::failed, model::status::timed_out, model::status::incomplete};
    else
      query->statuses = {*status};
  }
  if (const auto name = call.query("reportIdFilter")) query->job_part = *name;
  const auto page = call.services.executions.query(call.who, *query);
  return answer(page, [&](const store::ExecutionPage& found) {
    JsonArray events;
    for (const model::Execution& execution : found.executions) events.push_back(event_json(call, execution));
    return json_answer(JsonObject{{"paging", JsonObject{{"count", found.executions.size()},
                                                        {"total", found.total},
                                                        {"max", query->max},
                                                        {"offset", query->offset}}},
                                  {"events", std::move(events)}});
  });
}

}  // namespace

const std::vector<Route>& history_routes() {
  static const std::vector<Route> kRoutes{{"GET", "project/{project}/history", 14, {"event", "read"}, history}};
  return kRoutes;
}

}  // namespace qd::api
