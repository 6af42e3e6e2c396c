// Executions: info, lists, state, abort, delete.
#include "api/answers.hpp"
#include "api/execution_json.hpp"
#include "api/execution_query.hpp"
#include "api/links.hpp"
#include "api/route.hpp"
#include "api/workflow_of_execution.hpp"
#include "base/text.hpp"
#include "service/errors.hpp"

namespace qd::api {
namespace {

http::Response page_answer(Call& call, const store::ExecutionQuery& query) {
  const auto page = call.services.executions.query(call.who, query);
  return answer(page, [&](const store::ExecutionPage& found) {
    return json_answer(page_json(call, found, query.offset, query.max));
  });
}

http::Response get_execution(Call& call) {
  const auto execution = call.services.executions.find(call.who, call.param("id"));
  return answer(execution, [&](const model::Execution& found) {
    JobFacts facts(call.services.jobs);
    return json_answer(execution_json(call, found, facts));
  });
}

http::Response query_executions(Call& call) {
  const auto query = execution_query(call);
  if (!query) return error_answer(query.error());
  return page_answer(call, *query);
}

http::Response running_executions(Call& call) {
  auto query = execution_query(call);
  if (!query) return error_answer(query.error());
  query->running_only = true;
  return page_answer(call, *query);
}

http::Response job_executions(Call& call) {
  const auto job = call.services.jobs.find(call.who, call.param("id"), "view");
  if (!job) return error_answer(job.error());
  auto query = execution_query(call);
  if (!query) return error_answer(query.error());
  query->project = (*job)->job.project;
  query->job_uuids = {(*job)->job.uuid};
  if (const auto status = call.query("status")) query->statuses = {*status};
  if (!call.query("max")) query->max = 10'000;
  return page_answer(call, *query);
}

std::string seconds_text(UnixMillis duration) {
  return std::to_string(duration / 1000) + "s";
}

http::Response metrics(Call& call) {
  const auto query = execution_query(call);
  if (!query) return error_answer(query.error());
  const auto metrics = call.services.executions.metrics(call.who, *query);
  return answer(metrics, [](const store::ExecutionMetrics& found) {
    const UnixMillis average = found.duration_count == 0 ? 0 : found.duration_sum / found.duration_count;
    JsonObject statuses;
    for (const auto& [status, count] : found.by_status) statuses[status] = count;
    return json_answer(JsonObject{{"duration", JsonObject{{"average", seconds_text(average)},
                                                          {"min", seconds_text(found.duration_min)},
                                                          {"max", seconds_text(found.duration_max)}}},
                                  {"total", found.total},
                                  {"status", std::move(statuses)}});
  });
}

// With `since`, in brief, and only what changed then or later, when it runs on this member; else the whole document.
Result<JsonObject> state_document(Call& call, model::ExecutionId id) {
  if (!call.query("since")) return call.services.executions.state_of(id);
  const auto since = call.number("since", 0);
  if (!since) return fail(since.error());
  auto news = call.services.executions.state_since(id, static_cast<UnixMillis>(*since));
  if (!news) return JsonObject{{"since", *since}, {"asOf", *since}, {"steps", JsonArray{}}};
  return std::move(news->document);
}

http::Response get_state(Call& call) {
  const auto execution = call.services.executions.find(call.who, call.param("id"));
  if (!execution) return error_answer(execution.error());
  auto state = state_document(call, execution->id);
  if (!state) return error_answer(state.error());
  JsonObject object = std::move(*state);
  if (object.empty()) {
    object = {{"executionState", model::is_final(execution->status) ? "NOT_STARTED" : "WAITING"},
              {"stepCount", 0},
              {"allNodes", JsonArray{}},
              {"targetNodes", JsonArray{}},
              {"nodes", JsonObject{}},
              {"steps", JsonArray{}}};
  }
  object["executionId"] = execution->id;
  object["completed"] = model::is_final(execution->status);
  return json_answer(object);
}

// nullopt: the execution left none, or runs still.
Result<std::optional<Json>> result_of(Call& call) {
  const auto execution = call.services.executions.find(call.who, call.param("id"), "read");
  if (!execution) return fail(execution.error());
  return call.services.executions.result_data(execution->id);
}

http::Response no_result(const Call& call) {
  return error_answer(Error{ErrorKind::not_found, "Result data does not exist: of execution " + call.param("id"),
                            "api.error.item.doesnotexist"});
}

http::Response get_result(Call& call) {
  const auto found = result_of(call);
  if (!found) return error_answer(found.error());
  return *found ? json_answer(**found) : no_result(call);
}

http::Response has_result(Call& call) {
  const auto found = result_of(call);
  if (!found) return error_answer(found.error());
  return *found ? json_answer(JsonObject{{"loadable", true}, {"message", "OK"}}) : no_result(call);
}

const char* abort_word(engine::AbortOutcome::Status status) {
  switch (status) {
    case engine::AbortOutcome::Status::aborted:
      return "aborted";
    case engine::AbortOutcome::Status::pending:
      return "pending";
    case engine::AbortOutcome::Status::failed:
      return "failed";
  }
  return "failed";
}

http::Response abort_execution(Call& call) {
  const auto outcome =
      call.services.executions.abort(call.who, call.param("id"), call.query("asUser"), call.truth("forceIncomplete"));
  return answer(outcome, [&](const engine::AbortOutcome& found) {
    JsonObject abort{{"status", abort_word(found.status)}};
    if (!found.reason.empty()) abort["reason"] = found.reason;
    return json_answer(JsonObject{
        {"abort", std::move(abort)},
        {"execution",
         JsonObject{{"id", call.param("id")},
                    {"status", status_text(found.execution)},
                    {"href", execution_href(call.services, found.execution.id)},
                    {"permalink", execution_permalink(call.services, found.execution.project, found.execution.id)}}}});
  });
}

http::Response delete_execution(Call& call) {
  return answer(call.services.executions.remove(call.who, call.param("id")), no_content);
}

JsonObject removal_json(const service::Removal& removal) {
  JsonArray failures;
  for (const service::RemovalFailure& failure : removal.failures) {
    failures.push_back(JsonObject{{"id", failure.id}, {"message", failure.message}});
  }
  return {{"failures", failures},
          {"failedCount", removal.failures.size()},
          {"successCount", removal.requested - removal.failures.size()},
          {"allsuccessful", removal.failures.empty()},
          {"requestCount", removal.requested}};
}

// ids=1,2,17 in the URL, or {"ids": [1, 2]} or [1, 2] in the body.
Result<std::vector<std::string>> ids_to_delete(const Call& call) {
  std::vector<std::string> ids;
  for (const std::string& value : call.request.parameters("ids")) {
    for (std::string& id : base::split_trimmed(value, ',')) ids.push_back(std::move(id));
  }
  if (call.has_json_body()) {
    const auto body = call.json_value();
    if (!body) return fail(body.error());
    const Json* list = body->is_array() ? &*body : find(*body, "ids");
    if (list && list->is_array()) {
      for (const Json& item : list->as_array()) {
        if (auto id = scalar_text(item)) ids.push_back(std::move(*id));
      }
    } else if (list) {
      for (std::string& id : base::split_trimmed(scalar_text(*list).value_or(""), ',')) ids.push_back(std::move(id));
    }
  }
  if (ids.empty()) return service::missing_parameter("ids");
  return ids;
}

http::Response delete_executions(Call& call) {
  const auto ids = ids_to_delete(call);
  return answer(ids, [&](const std::vector<std::string>& all) {
    return json_answer(removal_json(call.services.executions.remove_many(call.who, all)));
  });
}

http::Response delete_job_executions(Call& call) {
  const auto removal = call.services.executions.remove_of_job(call.who, call.param("id"));
  return answer(removal, [](const service::Removal& done) { return json_answer(removal_json(done)); });
}

}  // namespace

const std::vector<Route>& execution_routes() {
  static const std::vector<Route> kRoutes{
      {"GET", "project/{project}/executions", 14, {"execution", "read"}, query_executions},
      {"GET", "project/{project}/executions/running", 14, {"execution", "read"}, running_executions},
      {"GET", "project/{project}/executions/metrics", 29, {"execution", "read"}, metrics},
      {"GET", "executions/metrics", 29, {"execution", "read"}, metrics},
      {"GET", "job/{id}/executions", 14, {"execution", "read"}, job_executions},
      {"DELETE", "job/{id}/executions", 14, {"execution", "delete_execution"}, delete_job_executions},
      {"GET", "execution/{id}", 14, {"execution", "read"}, get_execution},
      {"GET", "execution/{id}/state", 14, {"execution", "read"}, get_state},
      {"GET", "execution/{id}/result/data", 40, {"execution", "read"}, get_result},
      {"GET", "execution/{id}/result/dataAvailable", 40, {"execution", "read"}, has_result},
      {"GET", "execution/{id}/workflow", 14, {"execution", "read"}, workflow_of_execution},
      {"GET", "execution/{id}/abort", 14, {"execution", "kill"}, abort_execution},
      {"POST", "execution/{id}/abort", 14, {"execution", "kill"}, abort_execution},
      {"DELETE", "execution/{id}", 14, {"execution", "delete_execution"}, delete_execution},
      {"POST", "executions/delete", 14, {"execution", "delete_execution"}, delete_executions},
  };
  return kRoutes;
}

}  // namespace qd::api
