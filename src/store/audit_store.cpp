#include "store/audit_store.hpp"

#include "codec/execution_codec.hpp"
#include "store/condition.hpp"

namespace qd::store {
namespace {

#define QD_AUDIT_COLUMNS                                                                                  \
  "at_ms, action, user_name, roles, address, agent, token_id, resource, resource_name, project, detail, " \
  "server_uuid, server_host"
constexpr const char* insert_audit_event =
    "INSERT INTO audit_event (" QD_AUDIT_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr const char* select_audit_events = "SELECT id, " QD_AUDIT_COLUMNS " FROM audit_event";
#undef QD_AUDIT_COLUMNS
// The derived table is for MariaDB, which refuses to delete from what a subquery reads.
constexpr const char* delete_audit_events =
    "DELETE FROM audit_event WHERE id IN (SELECT id FROM (SELECT id FROM audit_event WHERE at_ms < ? "
    "ORDER BY at_ms LIMIT ?) AS old)";

AuditEvent read_audit_event(const Row& row) {
  return {.id = row.integer(0),
          .at = row.integer(1),
          .action = row.text(2),
          .user = row.text(3),
          .roles = codec::decode_texts(row.text(4)),
          .address = row.text(5),
          .agent = row.text(6),
          .token_id = row.text(7),
          .resource = row.text(8),
          .name = row.text(9),
          .project = row.text(10),
          .detail = row.text(11),
          .server_uuid = row.text(12),
          .server_host = row.text(13)};
}

}  // namespace

AuditStore::AuditStore(Database& database) : database_(database) {}

void AuditStore::append(const std::vector<AuditEvent>& events) {
  if (events.empty()) return;
  std::vector<Statement> inserts;
  inserts.reserve(events.size());
  for (const AuditEvent& event : events) {
    inserts.push_back({insert_audit_event,
                       {event.at, event.action, event.user, codec::encode_texts(event.roles), event.address,
                        event.agent, event.token_id, event.resource, event.name, event.project, event.detail,
                        event.server_uuid, event.server_host}});
  }
  database_.execute_all(inserts);
}

std::vector<AuditEvent> AuditStore::list(const AuditQuery& query) {
  Conditions conditions;
  const auto narrow = [&](const char* column, const std::string& value) {
    if (!value.empty()) conditions.add(equals(column, value));
  };
  narrow("action", query.action);
  narrow("user_name", query.user);
  narrow("resource", query.resource);
  narrow("resource_name", query.name);
  narrow("project", query.project);
  narrow("address", query.address);
  if (query.from) conditions.add({"at_ms >= ?", {*query.from}});
  if (query.until) conditions.add({"at_ms <= ?", {*query.until}});
  if (query.before) conditions.add({"id < ?", {*query.before}});
  std::vector<AuditEvent> events;
  const auto rows = database_.query(select_audit_events + conditions.where() + " ORDER BY id DESC LIMIT ?",
                                    conditions.params_and({static_cast<std::int64_t>(query.max)}));
  events.reserve(rows.size());
  for (const auto& row : rows) events.push_back(read_audit_event(row));
  return events;
}

std::int64_t AuditStore::prune(UnixMillis before, std::size_t most) {
  return database_.execute(delete_audit_events, {before, static_cast<std::int64_t>(most)});
}

}  // namespace qd::store
