// The ledger of fires: why a job ran, where, who claimed it, and why not.
#include <algorithm>
#include <set>

#include "api/answers.hpp"
#include "api/links.hpp"
#include "api/parameters.hpp"
#include "api/route.hpp"
#include "base/text.hpp"
#include "service/errors.hpp"

namespace qd::api {
namespace {

constexpr std::size_t kMaxFires = 10'000;

Result<store::FireQuery> fire_query(const Call& call) {
  store::FireQuery query;
  query.project = call.param("project");
  query.job_uuid = call.param("id");
  query.server_uuid = call.query("server").value_or("");
  query.state = base::lower(call.query("state").value_or(""));
  static const std::set<std::string> kStates{"", store::fire::fired, store::fire::late, store::fire::missed,
                                             store::fire::skipped};
  if (!kStates.contains(query.state))
    return service::bad_parameter("state", query.state, "it must be fired, late, missed or skipped");
  if (auto period = read_period(call, kMaxFires, query); !period) return fail(period.error());
  return query;
}

Json member_json(const service::LedgerPage& page, const std::string& uuid) {
  if (uuid.empty()) return nullptr;
  JsonObject member{{"uuid", uuid}};
  if (const auto name = page.members.find(uuid); name != page.members.end()) member["name"] = name->second;
  return member;
}

JsonObject job_json(const Call& call, const service::LedgerPage& page, const store::FireRow& fire) {
  JsonObject object{{"id", fire.job_uuid}};
  const auto job = page.jobs.find(fire.job_uuid);
  if (job == page.jobs.end()) return object;
  object["name"] = job->second.name;
  object["group"] = job->second.group.empty() ? Json(nullptr) : Json(job->second.group);
  object["href"] = job_href(call.services, fire.job_uuid);
  object["permalink"] = job_permalink(call.services, fire.project, fire.job_uuid);
  return object;
}

Json schedule_json(const service::LedgerPage& page, const store::FireRow& fire) {
  if (fire.source == 0) return nullptr;
  JsonObject schedule{{"id", fire.source}};
  if (const auto name = page.schedules.find(fire.source); name != page.schedules.end()) schedule["name"] = name->second;
  return schedule;
}

JsonObject fire_json(const Call& call, const service::LedgerPage& page, const store::FireRow& fire) {
  Json execution;
  if (fire.execution) {
    execution = JsonObject{{"id", *fire.execution},
                           {"href", execution_href(call.services, *fire.execution)},
                           {"permalink", execution_permalink(call.services, fire.project, *fire.execution)}};
  }
  Json claimed_by = member_json(page, fire.by.uuid);
  if (claimed_by.is_object()) claimed_by.as_object()["incarnation"] = fire.by.number;
  return {{"due", iso8601(fire.due)},
          {"state", fire.state},
          {"reason", fire.reason},
          {"fires", fire.fires},
          {"project", fire.project},
          {"job", job_json(call, page, fire)},
          {"projectSchedule", schedule_json(page, fire)},
          {"owner", member_json(page, fire.owner_uuid)},
          {"claimedBy", std::move(claimed_by)},
          {"claimed", iso8601_millis(fire.claimed)},
          {"execution", std::move(execution)}};
}

http::Response list_fires(Call& call) {
  const auto query = fire_query(call);
  if (!query) return error_answer(query.error());
  const auto ledger = call.services.schedules.ledger(call.who, *query);
  return answer(ledger, [&](const service::LedgerPage& page) {
    JsonArray fires;
    for (const store::FireRow& fire : page.fires) fires.push_back(fire_json(call, page, fire));
    return json_answer(JsonObject{
        {"paging",
         JsonObject{{"count", fires.size()}, {"offset", query->offset}, {"max", query->max}, {"more", page.more}}},
        {"fires", std::move(fires)}});
  });
}

}  // namespace

const std::vector<Route>& fire_routes() {
  static const std::vector<Route> kRoutes{
      {"GET", "job/{id}/fires", 14, {"job", "read"}, list_fires},
      {"GET", "project/{project}/fires", 14, {"event", "read"}, list_fires},
      {"GET", "scheduler/fires", 14, {"system", "read"}, list_fires},
  };
  return kRoutes;
}

}  // namespace qd::api
