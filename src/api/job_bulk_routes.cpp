// The same done to many jobs at once: delete and toggles.
#include <set>

#include "api/answers.hpp"
#include "api/route.hpp"
#include "base/text.hpp"
#include "service/errors.hpp"

namespace qd::api {
namespace {

constexpr std::size_t kMaxIds = 100'000;

void add_ids(std::set<std::string>& ids, const Json& value) {
  if (const JsonArray* list = value.if_array()) {
    for (const Json& item : *list) {
      if (auto text = scalar_text(item)) ids.insert(*text);
    }
  } else if (const auto text = scalar_text(value)) {
    for (const std::string& id : base::split_trimmed(*text, ',')) ids.insert(id);
  }
}

// `ids` (repeated, or a JSON list) and `idlist` (comma separated) together, sorted.
Result<std::vector<std::string>> bulk_ids(const Call& call) {
  std::set<std::string> ids;
  for (const char* name : {"ids", "idlist"}) {
    for (const std::string& value : call.request.parameters(name)) add_ids(ids, Json(value));
  }
  if (call.has_json_body()) {
    const auto body = call.json_body();
    if (!body) return fail(body.error());
    for (const char* name : {"ids", "idlist"}) {
      if (const Json* value = find(*body, name)) add_ids(ids, *value);
    }
  }
  if (ids.empty()) return service::missing_parameter("ids\" or \"idlist");
  if (ids.size() > kMaxIds)
    return fail(ErrorKind::too_large, "At most " + std::to_string(kMaxIds) + " ids are accepted at once.");
  return std::vector<std::string>(ids.begin(), ids.end());
}

JsonObject bulk_json(const std::vector<service::BulkOutcome>& outcomes) {
  JsonArray succeeded, failed;
  for (const service::BulkOutcome& outcome : outcomes) {
    JsonObject object{{"id", outcome.id}, {"message", outcome.message}};
    if (!outcome.error_code.empty()) object["errorCode"] = outcome.error_code;
    (outcome.error_code.empty() ? succeeded : failed).push_back(std::move(object));
  }
  return {{"requestCount", outcomes.size()},
          {"allsuccessful", failed.empty()},
          {"succeeded", succeeded},
          {"failed", failed}};
}

http::Response delete_jobs(Call& call) {
  const auto ids = bulk_ids(call);
  return answer(ids, [&](const std::vector<std::string>& all) {
    return json_answer(bulk_json(call.services.jobs.remove_many(call.who, all)));
  });
}

http::Response toggle_jobs(Call& call, service::Jobs::Toggle what, bool on) {
  const auto ids = bulk_ids(call);
  return answer(ids, [&](const std::vector<std::string>& all) {
    JsonObject object = bulk_json(call.services.jobs.set_enabled_many(call.who, all, what, on));
    object["enabled"] = on;
    return json_answer(object);
  });
}

http::Response enable_executions(Call& call) {
  return toggle_jobs(call, service::Jobs::Toggle::execution, true);
}
http::Response disable_executions(Call& call) {
  return toggle_jobs(call, service::Jobs::Toggle::execution, false);
}
http::Response enable_schedules(Call& call) {
  return toggle_jobs(call, service::Jobs::Toggle::schedule, true);
}
http::Response disable_schedules(Call& call) {
  return toggle_jobs(call, service::Jobs::Toggle::schedule, false);
}

}  // namespace

const std::vector<Route>& job_bulk_routes() {
  static const std::vector<Route> kRoutes{
      {"DELETE", "jobs/delete", 14, {"job", "delete"}, delete_jobs},
      {"POST", "jobs/delete", 14, {"job", "delete"}, delete_jobs},
      {"POST", "jobs/execution/enable", 14, {"job", "toggle_execution"}, enable_executions},
      {"POST", "jobs/execution/disable", 14, {"job", "toggle_execution"}, disable_executions},
      {"POST", "jobs/schedule/enable", 14, {"job", "toggle_schedule"}, enable_schedules},
      {"POST", "jobs/schedule/disable", 14, {"job", "toggle_schedule"}, disable_schedules},
  };
  return kRoutes;
}

}  // namespace qd::api
