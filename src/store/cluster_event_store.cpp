#include "store/cluster_event_store.hpp"

#include "store/condition.hpp"

namespace qd::store {
namespace {

constexpr const char* insert_event =
    "INSERT INTO cluster_event (at_ms, kind, member_uuid, target_uuid, message, detail) VALUES (?, ?, ?, ?, ?, ?)";
constexpr const char* select_events =
    "SELECT id, at_ms, kind, member_uuid, target_uuid, message, detail FROM cluster_event";
constexpr const char* delete_events = "DELETE FROM cluster_event WHERE at_ms < ?";

}  // namespace

ClusterEventStore::ClusterEventStore(Database& database) : database_(database) {}

void ClusterEventStore::append(Session& session, const ClusterEvent& event) {
  session.execute(insert_event,
                  {event.at, event.kind, event.member_uuid, event.target_uuid, event.message, event.detail});
}

void ClusterEventStore::append(const ClusterEvent& event) {
  database_.run([&](Session& session) { append(session, event); });
}

std::vector<ClusterEvent> ClusterEventStore::list(const ClusterEventQuery& query) {
  Conditions conditions;
  if (!query.kind.empty()) {
    // '/' is the character after '.'.
    conditions.add({"(kind = ? OR (kind >= ? AND kind < ?))", {query.kind, query.kind + ".", query.kind + "/"}});
  }
  if (!query.member.empty()) conditions.add({"(member_uuid = ? OR target_uuid = ?)", {query.member, query.member}});
  if (query.from) conditions.add({"at_ms >= ?", {*query.from}});
  if (query.until) conditions.add({"at_ms <= ?", {*query.until}});
  std::vector<ClusterEvent> events;
  const auto rows = database_.query(
      select_events + conditions.where() + " ORDER BY at_ms DESC, id DESC LIMIT ? OFFSET ?",
      conditions.params_and({static_cast<std::int64_t>(query.max), static_cast<std::int64_t>(query.offset)}));
  for (const auto& row : rows) {
    events.push_back({.id = row.integer(0),
                      .at = row.integer(1),
                      .kind = row.text(2),
                      .member_uuid = row.text(3),
                      .target_uuid = row.text(4),
                      .message = row.text(5),
                      .detail = row.text(6)});
  }
  return events;
}

std::int64_t ClusterEventStore::prune(UnixMillis before) {
  return database_.execute(delete_events, {before});
}

}  // namespace qd::store
