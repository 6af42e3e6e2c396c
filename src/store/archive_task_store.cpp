#include "store/archive_task_store.hpp"

namespace qd::store {
namespace {

constexpr const char* columns =
    "token, kind, project, user_name, member_uuid, incarnation, state, percent, message, errors, bytes, created_ms, "
    "updated_ms";
const std::string select_task = std::string("SELECT ") + columns + " FROM archive_task";
const std::string insert_task =
    std::string("INSERT INTO archive_task (") + columns + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr const char* update_task =
    "UPDATE archive_task SET state = ?, percent = ?, message = ?, errors = ?, bytes = ?, updated_ms = ? WHERE token = "
    "?";
constexpr const char* fail_abandoned =
    "UPDATE archive_task SET state = 'failed', message = 'The server that worked on it ended.', updated_ms = ? WHERE "
    "state = 'running' AND NOT EXISTS (SELECT 1 FROM member m WHERE m.uuid = archive_task.member_uuid AND "
    "m.incarnation = archive_task.incarnation AND m.state IN ('live', 'leaving'))";
constexpr const char* delete_old = "DELETE FROM archive_task WHERE updated_ms < ? AND state <> 'running'";
constexpr const char* running_import =
    "SELECT COUNT(*) FROM archive_task WHERE project = ? AND kind = 'import' AND state = 'running'";
constexpr const char* lock_project = "UPDATE project SET version = version WHERE name = ?";

ArchiveTask read_task(const Row& row) {
  ArchiveTask task;
  task.token = row.text(0);
  task.kind = row.text(1);
  task.project = row.text(2);
  task.user = row.text(3);
  task.member_uuid = row.text(4);
  task.incarnation = row.integer(5);
  task.state = row.text(6);
  task.percent = row.integer(7);
  task.message = row.text(8);
  task.errors = row.text(9);
  task.bytes = row.integer(10);
  task.created = row.integer(11);
  task.updated = row.integer(12);
  return task;
}

}  // namespace

bool ArchiveTaskStore::begin(const ArchiveTask& task) {
  bool begun = false;
  database_.transact([&](Session& session) {
    begun = false;
    session.execute(lock_project, {task.project});  // so that of two imports one sees the other
    const auto now = session.now();
    if (task.kind == "import" && session.query(running_import, {task.project}).at(0).integer(0) > 0) return;
    session.execute(insert_task, {task.token, task.kind, task.project, task.user, task.member_uuid, task.incarnation,
                                  task.state, task.percent, task.message, task.errors, task.bytes, now, now});
    begun = true;
  });
  return begun;
}

void ArchiveTaskStore::update(const ArchiveTask& task) {
  database_.execute(update_task,
                    {task.state, task.percent, task.message, task.errors, task.bytes, database_.now(), task.token});
}

std::optional<ArchiveTask> ArchiveTaskStore::find(const std::string& token) {
  const auto rows = database_.query(select_task + " WHERE token = ?", {token});
  if (rows.empty()) return std::nullopt;
  return read_task(rows.front());
}

std::optional<ArchiveTask> ArchiveTaskStore::last_import(const std::string& project) {
  const auto rows = database_.query(
      select_task + " WHERE project = ? AND kind = 'import' ORDER BY created_ms DESC, token LIMIT 1", {project});
  if (rows.empty()) return std::nullopt;
  return read_task(rows.front());
}

void ArchiveTaskStore::clean(Millis life) {
  const auto now = database_.now();
  database_.execute(fail_abandoned, {now});
  database_.execute(delete_old, {now - life.count()});
}

}  // namespace qd::store
