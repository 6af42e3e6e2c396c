// The audit trail.
#include <algorithm>

#include "api/answers.hpp"
#include "api/parameters.hpp"
#include "api/route.hpp"
#include "service/audit.hpp"

namespace qd::api {
namespace {

constexpr std::size_t kMostEvents = 1'000;

JsonObject audit_json(const store::AuditEvent& event) {
  JsonObject object{{"id", event.id},
                    {"timestamp", iso8601_millis(event.at)},
                    {"action", event.action},
                    {"user", event.user},
                    {"roles", JsonArray(event.roles.begin(), event.roles.end())},
                    {"address", event.address},
                    {"userAgent", event.agent},
                    {"resourceType", event.resource},
                    {"resourceName", event.name},
                    {"serverUUID", event.server_uuid},
                    {"serverHostname", event.server_host}};
  if (!event.token_id.empty()) object["tokenId"] = event.token_id;
  if (!event.project.empty()) object["project"] = event.project;
  if (!event.detail.empty()) object["detail"] = event.detail;
  return object;
}

Result<store::AuditQuery> audit_query(const Call& call) {
  store::AuditQuery query;
  query.action = call.query("action").value_or("");
  query.user = call.query("user").value_or("");
  query.resource = call.query("resourceType").value_or("");
  query.name = call.query("resourceName").value_or("");
  query.project = call.query("project").value_or("");
  query.address = call.query("address").value_or("");
  const auto from = date_parameter(call, "from");
  if (!from) return fail(from.error());
  query.from = *from;
  const auto until = date_parameter(call, "to");
  if (!until) return fail(until.error());
  query.until = *until;
  if (call.query("before")) {
    const auto before = call.number("before", 0);
    if (!before) return fail(before.error());
    query.before = static_cast<std::int64_t>(*before);
  }
  const auto max = call.number("max", query.max);
  if (!max) return fail(max.error());
  query.max = std::clamp<std::size_t>(*max, 1, kMostEvents);
  return query;
}

http::Response list_audit_events(Call& call) {
  const auto query = audit_query(call);
  if (!query) return error_answer(query.error());
  const auto events = call.services.audit.list(call.who, *query);
  return answer(events, [&](const std::vector<store::AuditEvent>& found) {
    JsonArray list;
    for (const auto& event : found) list.push_back(audit_json(event));
    JsonObject paging{{"count", list.size()}, {"max", query->max}};
    if (list.size() == query->max) paging["before"] = found.back().id;
    return json_answer(JsonObject{{"paging", std::move(paging)}, {"events", std::move(list)}});
  });
}

}  // namespace

const std::vector<Route>& audit_routes() {
  static const std::vector<Route> kRoutes{
      {"GET", "audit/events", 14, {"system", "admin"}, list_audit_events},
  };
  return kRoutes;
}

}  // namespace qd::api
