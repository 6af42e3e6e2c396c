// The cluster: its members, what happened in it, execution modes; and the configuration's refresh.
#include <algorithm>
#include <set>

#include "api/answers.hpp"
#include "api/parameters.hpp"
#include "api/route.hpp"
#include "base/text.hpp"
#include "service/errors.hpp"

namespace qd::api {
namespace {

constexpr std::size_t kMaxEvents = 10'000;

Json text_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

JsonObject vitals_json(const model::Vitals& vitals) {
  return {{"runningExecutions", vitals.running},
          {"threadRatio", vitals.thread_ratio},
          {"cpuPercent", vitals.cpu_percent},
          {"loadAverage", vitals.load_average},
          {"memoryBytes", vitals.memory}};
}

JsonObject view_json(const Call& call, const cluster::MemberView& view, std::int64_t schedules) {
  const model::Member& member = view.member;
  return {{"uuid", member.id.uuid},
          {"self", member.id.uuid == call.services.cluster.own_uuid()},
          {"name", member.name},
          {"host", member.host},
          {"url", member.url},
          {"tags", JsonArray(member.tags.begin(), member.tags.end())},
          {"version", member.version},
          {"incarnation", member.id.number},
          {"state", cluster::to_text(view.standing)},
          {"reason", view.reason},
          {"started", iso8601(member.started)},
          {"lastBeat", iso8601_millis(member.beat)},
          {"lastBeatAge", view.age.count()},
          {"executionMode", member.active ? "active" : "passive"},
          {"requestedMode", text_or_null(member.requested_mode)},
          {"requestedBy", text_or_null(member.requested_by)},
          {"schedules", schedules},
          {"vitals", vitals_json(member.vitals)}};
}

http::Response list_members(Call& call) {
  const auto found = call.services.cluster.members(call.who);
  return answer(found, [&](const service::MemberList& list) {
    auto left = list.schedules;
    JsonArray members;
    for (const cluster::MemberView& view : list.view.members) {
      const auto owned = left.extract(view.member.id.uuid);
      members.push_back(view_json(call, view, owned ? owned.mapped() : 0));
    }
    JsonArray orphaned;  // owned by servers that never joined, or were forgotten
    for (const auto& [uuid, count] : left) orphaned.push_back(JsonObject{{"uuid", uuid}, {"schedules", count}});
    return json_answer(JsonObject{{"self", call.services.cluster.own_uuid()},
                                  {"clusterMode", call.services.system.member().cluster},
                                  {"now", iso8601_millis(list.view.now)},
                                  {"members", std::move(members)},
                                  {"orphaned", std::move(orphaned)}});
  });
}

Json event_member_json(const service::EventPage& page, const std::string& uuid) {
  if (uuid.empty()) return nullptr;
  JsonObject member{{"uuid", uuid}};
  if (const auto name = page.names.find(uuid); name != page.names.end()) member["name"] = name->second;
  return member;
}

JsonObject cluster_event_json(const service::EventPage& page, const store::ClusterEvent& event) {
  JsonObject object{{"id", event.id},
                    {"time", iso8601_millis(event.at)},
                    {"kind", event.kind},
                    {"member", event_member_json(page, event.member_uuid)},
                    {"target", event_member_json(page, event.target_uuid)},
                    {"message", event.message}};
  if (auto detail = parse_json(event.detail); detail && detail->is_object()) object["detail"] = std::move(*detail);
  return object;
}

Result<store::ClusterEventQuery> event_query(const Call& call) {
  store::ClusterEventQuery query;
  query.kind = call.query("kind").value_or("");
  query.member = call.query("member").value_or("");
  if (auto period = read_period(call, kMaxEvents, query); !period) return fail(period.error());
  return query;
}

http::Response list_events(Call& call) {
  const auto query = event_query(call);
  if (!query) return error_answer(query.error());
  const auto found = call.services.cluster.events(call.who, *query);
  return answer(found, [&](const service::EventPage& page) {
    JsonArray events;
    for (const store::ClusterEvent& event : page.events) events.push_back(cluster_event_json(page, event));
    const JsonObject paging{
        {"count", events.size()}, {"offset", query->offset}, {"max", query->max}, {"more", page.more}};
    return json_answer(JsonObject{{"paging", paging}, {"events", std::move(events)}});
  });
}

http::Response set_member_mode(Call& call, bool active) {
  const auto uuid = call.query("uuid");
  if (!uuid) return error_answer(service::missing_parameter("uuid").value());
  const auto done = call.services.cluster.set_mode(call.who, *uuid, active);
  if (done) call.services.later.forget(*uuid);
  return answer(done, [&](cluster::Membership::ModeAnswer status) {
    return json_answer(
        JsonObject{{"status", status == cluster::Membership::ModeAnswer::complete ? "complete" : "pending"},
                   {"executionMode", active ? "active" : "passive"},
                   {"uuid", *uuid}});
  });
}

http::Response enable_member(Call& call) {
  return set_member_mode(call, true);
}
http::Response disable_member(Call& call) {
  return set_member_mode(call, false);
}

http::Response refresh_config(Call& call) {
  if (!call.services.refresh_config) {
    return error_answer(Error{ErrorKind::unavailable,
                              "This server cannot read its configuration again while it runs. Restart it to make "
                              "changes take effect.",
                              ""});
  }
  return answer(call.services.refresh_config(), [] {
    return json_answer(JsonObject{{"msg", "Rundeck configuration refreshed"}});
  });
}

}  // namespace

const std::vector<Route>& cluster_routes() {
  static const std::vector<Route> kRoutes{
      {"GET", "cluster/members", 14, {"system", "view_cluster"}, list_members},
      {"GET", "cluster/events", 14, {"system", "view_cluster"}, list_events},
      {"POST", "enterprise/cluster/executions/enable", 41, {"system", "enable_executions"}, enable_member},
      {"POST", "enterprise/cluster/executions/disable", 41, {"system", "disable_executions"}, disable_member},
      {"POST", "config/refresh", 36, {"system", "admin"}, refresh_config},
  };
  return kRoutes;
}

}  // namespace qd::api
