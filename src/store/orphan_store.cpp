#include "store/orphan_store.hpp"

#include "store/execution_row.hpp"

namespace qd::store {
namespace {

const std::string select_running_orphans =
    std::string(select_execution) +
    " WHERE active = 1 AND status = 'running' AND NOT EXISTS (SELECT 1 FROM member m WHERE m.uuid = "
    "execution.server_uuid AND m.incarnation = execution.incarnation AND m.state IN ('live', 'leaving')) ";
constexpr const char* oldest_first = "ORDER BY sort_ms LIMIT ?";
constexpr const char* oldest_of_member = "AND server_uuid = ? ORDER BY sort_ms LIMIT ?";
const std::string select_waiting_orphans =
    std::string(select_execution) +
    " WHERE active = 1 AND status IN ('queued', 'scheduled') AND server_uuid <> '' AND NOT EXISTS (SELECT 1 FROM "
    "member m WHERE m.uuid = execution.server_uuid AND m.state IN ('live', 'leaving')) ORDER BY sort_ms LIMIT ?";
constexpr const char* close_orphan =
    "UPDATE execution SET status = 'incomplete', active = NULL, slot = NULL, ended_ms = ?, abort_reason = ? "
    "WHERE id = ? AND server_uuid = ? AND incarnation = ? AND status = 'running'";
constexpr const char* unassign_orphan =
    "UPDATE execution SET server_uuid = ?, incarnation = 0 "
    "WHERE id = ? AND server_uuid = ? AND status IN ('queued', 'scheduled')";
constexpr const char* close_sealed =
    "UPDATE execution SET status = 'incomplete', active = NULL, slot = NULL, ended_ms = ?, abort_reason = ? "
    "WHERE id = ? AND server_uuid = ? AND status = 'queued'";
constexpr const char* select_life =
    "SELECT 1 FROM member WHERE uuid = ? AND incarnation = ? AND state IN ('live', 'leaving')";
constexpr const char* select_any_held =
    "SELECT 1 FROM execution WHERE active = 1 AND server_uuid = ? AND "
    "(status IN ('queued', 'scheduled') OR (status = 'running' AND incarnation = ?)) LIMIT 1";
constexpr const char* select_schedule_projects =
    "SELECT DISTINCT project FROM schedule WHERE server_uuid = ? ORDER BY project";
constexpr const char* select_any_schedule =
    "SELECT 1 FROM schedule WHERE server_uuid = ? AND next_ms IS NOT NULL LIMIT 1";

std::vector<model::Execution> read_executions(const Rows& rows) {
  std::vector<model::Execution> executions;
  for (const auto& row : rows) executions.push_back(read_execution(row));
  return executions;
}

}  // namespace

OrphanStore::OrphanStore(Database& database) : database_(database) {}

std::vector<model::Execution> OrphanStore::running(std::size_t max, const std::string& of_member) {
  const auto most = static_cast<std::int64_t>(max);
  if (of_member.empty()) return read_executions(database_.query(select_running_orphans + oldest_first, {most}));
  return read_executions(database_.query(select_running_orphans + oldest_of_member, {of_member, most}));
}

bool OrphanStore::close(Session& session, const model::Execution& execution, const std::string& reason,
                        UnixMillis now) {
  return session.execute(close_orphan, {now, reason, execution.id, execution.server_uuid, execution.incarnation}) > 0;
}

std::vector<model::Execution> OrphanStore::waiting(std::size_t max) {
  return read_executions(database_.query(select_waiting_orphans, {static_cast<std::int64_t>(max)}));
}

OrphanStore::Freed OrphanStore::unassign(Session& session, const model::Execution& execution, UnixMillis now) {
  std::string keeper;  // of its secure options
  const Json* sealed = find(execution.extra, "sealed");
  if (sealed != nullptr && sealed->is_object() && execution.status == model::status::queued) {
    const Json* life = find(*sealed, "life");
    keeper = text_or(sealed->get_object(), "by");
    const auto number = life != nullptr && life->is_int64() ? life->get_int64() : -1;
    if (session.query(select_life, {keeper, number}).empty()) {
      const std::string reason = "Its secure options were lost with the member that forwarded it.";
      const bool closed = session.execute(close_sealed, {now, reason, execution.id, execution.server_uuid}) > 0;
      return closed ? Freed::closed : Freed::no;
    }
  }
  return session.execute(unassign_orphan, {keeper, execution.id, execution.server_uuid}) > 0 ? Freed::yes : Freed::no;
}

bool OrphanStore::holds_any(const model::Incarnation& member) {
  return !database_.query(select_any_held, {member.uuid, member.number}).empty();
}

std::vector<std::string> OrphanStore::projects_of_schedules(const std::string& owner_uuid) {
  std::vector<std::string> projects;
  for (const auto& row : database_.query(select_schedule_projects, {owner_uuid})) projects.push_back(row.text(0));
  return projects;
}

bool OrphanStore::owns_schedules(const std::string& owner_uuid) {
  return !database_.query(select_any_schedule, {owner_uuid}).empty();
}

}  // namespace qd::store
