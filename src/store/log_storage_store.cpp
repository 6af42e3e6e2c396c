#include "store/log_storage_store.hpp"

#include "store/log_storage_row.hpp"

namespace qd::store {
namespace {

#define QD_COLUMNS                                                                                               \
  "execution_id, project, server_uuid, provider, store_key, state, types, stored_bytes, part_list, part_bytes, " \
  "part_ms, attempts, due_ms, created_ms, stored_ms, problem"
#define QD_NEW_ROW(state, types)                                                                                   \
  "INSERT INTO log_storage (execution_id, project, server_uuid, provider, store_key, state, types, stored_bytes, " \
  "part_list, part_bytes, part_ms, attempts, due_ms, claimed_ms, claimed_by, created_ms, stored_ms, problem) "     \
  "SELECT e.id, e.project, e.server_uuid, '', '', " state ", " types                                               \
  ", 0, '[]', 0, 0, 0, ?, 0, '', ?, NULL, '' "                                                                     \
  "FROM execution e WHERE "
#define QD_ENDED "e.active IS NULL AND e.ended_ms IS NOT NULL AND e.log_path <> ''"
#define QD_NOT_THERE "NOT EXISTS (SELECT 1 FROM log_storage l WHERE l.execution_id = e.id)"
#define QD_ALL_TYPES "'rdlog,state.json'"

constexpr const char* insert_ended = QD_NEW_ROW("'queued'", QD_ALL_TYPES) "e.id = ? AND " QD_ENDED " AND " QD_NOT_THERE;
constexpr const char* insert_missed = QD_NEW_ROW("'queued'", QD_ALL_TYPES) QD_ENDED
    " AND e.project = ? AND e.ended_ms >= ? AND " QD_NOT_THERE " ORDER BY e.ended_ms LIMIT ?";
constexpr const char* insert_running =
    QD_NEW_ROW("'running'", "''") "e.id = ? AND e.active = 1 AND e.log_path <> '' AND " QD_NOT_THERE;
constexpr const char* turn_running =
    "UPDATE log_storage SET state = 'queued', types = " QD_ALL_TYPES
    ", attempts = 0, due_ms = ?, claimed_ms = 0 WHERE execution_id = ? AND state = 'running'";
constexpr const char* select_ended_running =
    "SELECT l.execution_id FROM log_storage l JOIN execution e ON e.id = l.execution_id WHERE l.state = 'running' "
    "AND e.active IS NULL AND e.ended_ms IS NOT NULL LIMIT ?";
constexpr const char* remove_lost_running =
    "UPDATE log_storage SET state = 'removing', due_ms = ? WHERE state = 'running' AND NOT EXISTS "
    "(SELECT 1 FROM execution e WHERE e.id = log_storage.execution_id)";
constexpr const char* select_projects = "SELECT name FROM project";
constexpr const char* select_row = "SELECT " QD_COLUMNS " FROM log_storage WHERE execution_id = ?";
constexpr const char* select_due = "SELECT " QD_COLUMNS
                                   " FROM log_storage WHERE state IN ('queued', 'removing') AND server_uuid = ? AND "
                                   "due_ms <= ? ORDER BY due_ms LIMIT ?";
constexpr const char* select_due_others =
    "SELECT " QD_COLUMNS
    " FROM log_storage WHERE state IN ('queued', 'removing') AND server_uuid <> ? AND due_ms <= ? AND "
    "execution_id > ? ORDER BY execution_id LIMIT ?";
constexpr const char* claim_row =
    "UPDATE log_storage SET claimed_ms = ?, claimed_by = ? WHERE execution_id = ? AND state IN ('queued', 'removing') "
    "AND due_ms <= ? AND (claimed_ms < ? OR claimed_by IN (?, ?) OR NOT EXISTS (SELECT 1 FROM member m WHERE m.uuid = "
    "log_storage.claimed_by AND m.state IN ('live', 'leaving')))";
constexpr const char* touch_row =
    "UPDATE log_storage SET claimed_ms = ? WHERE execution_id = ? AND claimed_by = ? AND state IN ('queued', "
    "'removing')";
constexpr const char* mark_stored =
    "UPDATE log_storage SET state = 'stored', types = '', provider = ?, store_key = ?, stored_bytes = ?, stored_ms = "
    "?, claimed_ms = 0, problem = '' WHERE execution_id = ? AND claimed_by = ? AND state = 'queued'";
constexpr const char* mark_failed =
    "UPDATE log_storage SET attempts = attempts + 1, types = ?, due_ms = ?, claimed_ms = 0, problem = ? WHERE "
    "execution_id = ? AND claimed_by = ? AND state IN ('queued', 'removing')";
constexpr const char* delete_removed =
    "DELETE FROM log_storage WHERE execution_id = ? AND claimed_by = ? AND state = 'removing'";
constexpr const char* save_pieces =
    "UPDATE log_storage SET part_list = ?, part_bytes = ?, part_ms = ?, provider = ?, store_key = ?, server_uuid = ? "
    "WHERE execution_id = ? AND state = 'running' AND part_list = ?";
constexpr const char* clear_pieces =
    "UPDATE log_storage SET part_list = '[]', part_bytes = 0 WHERE execution_id = ? AND state = 'stored'";
constexpr const char* mark_removing =
    "UPDATE log_storage SET state = 'removing', attempts = 0, due_ms = ?, claimed_ms = 0 WHERE execution_id = ?";
constexpr const char* resume_all =
    "UPDATE log_storage SET attempts = 0, due_ms = ? WHERE state = 'queued' AND (due_ms > ? OR attempts > 0)";
constexpr const char* count_states =
    "SELECT state, COUNT(*), SUM(CASE WHEN attempts >= ? THEN 1 ELSE 0 END), SUM(CASE WHEN attempts > 0 THEN 1 ELSE 0 "
    "END) FROM log_storage GROUP BY state";
constexpr const char* count_missing =
    "SELECT COUNT(*) FROM execution e WHERE e.server_uuid = ? AND " QD_ENDED " AND " QD_NOT_THERE;
constexpr const char* select_incomplete =
    "SELECT " QD_COLUMNS " FROM log_storage WHERE state = 'queued' ORDER BY execution_id LIMIT ? OFFSET ?";
constexpr const char* insert_removed_log =
    "INSERT INTO removed_log (execution_id, server_uuid, log_path) VALUES (?, ?, ?)";
constexpr const char* select_removed_logs =
    "SELECT execution_id, log_path FROM removed_log WHERE server_uuid = ? ORDER BY execution_id LIMIT ?";
constexpr const char* delete_removed_log = "DELETE FROM removed_log WHERE execution_id = ?";
#undef QD_COLUMNS
#undef QD_NEW_ROW
#undef QD_ENDED
#undef QD_NOT_THERE
#undef QD_ALL_TYPES

std::vector<LogStorageRow> read_rows(const Rows& rows) {
  std::vector<LogStorageRow> read;
  for (const auto& row : rows) {
    LogStorageRow one;
    one.execution = row.integer(0);
    one.project = row.text(1);
    one.server_uuid = row.text(2);
    one.provider = row.text(3);
    one.key = row.text(4);
    one.state = row.text(5);
    one.types = row.text(6);
    one.stored_bytes = row.integer(7);
    one.pieces = decode_pieces(row.text(8));
    one.piece_bytes = row.integer(9);
    one.checkpoint = row.integer(10);
    one.attempts = row.integer(11);
    one.due = row.integer(12);
    one.created = row.integer(13);
    one.stored = row.optional_integer(14);
    one.problem = row.text(15);
    read.push_back(std::move(one));
  }
  return read;
}

// An INSERT of rows that are not there; a race with another member is no error.
std::int64_t insert_missing(Database& database, std::string_view sql, const Params& params) {
  try {
    return database.execute(sql, params);
  } catch (const UniqueViolation&) {
    return 0;
  }
}

}  // namespace

bool LogStorageStore::enqueue(model::ExecutionId execution) {
  const auto now = database_.now();
  if (insert_missing(database_, insert_ended, {now, now, execution}) > 0) return true;
  return database_.execute(turn_running, {now, execution}) > 0;
}

std::int64_t LogStorageStore::enqueue_missed(UnixMillis ended_after, std::int64_t max) {
  const auto now = database_.now();
  std::int64_t queued = 0;
  database_.execute(remove_lost_running, {now});
  for (const auto& row : database_.query(select_ended_running, {max}))
    queued += database_.execute(turn_running, {now, row.integer(0)});
  for (const auto& row : database_.query(select_projects, {})) {
    if (queued >= max) break;
    queued += insert_missing(database_, insert_missed, {now, now, row.text(0), ended_after, max - queued});
  }
  return queued;
}

void LogStorageStore::begin(model::ExecutionId execution) {
  const auto now = database_.now();
  insert_missing(database_, insert_running, {now, now, execution});
}

std::optional<LogStorageRow> LogStorageStore::find(model::ExecutionId execution) {
  auto rows = read_rows(database_.query(select_row, {execution}));
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

std::vector<LogStorageRow> LogStorageStore::due_of(const std::string& server_uuid, std::size_t max) {
  return read_rows(database_.query(select_due, {server_uuid, database_.now(), static_cast<std::int64_t>(max)}));
}

std::vector<LogStorageRow> LogStorageStore::due_of_others(const std::string& server_uuid, model::ExecutionId after,
                                                          std::size_t max) {
  return read_rows(
      database_.query(select_due_others, {server_uuid, database_.now(), after, static_cast<std::int64_t>(max)}));
}

bool LogStorageStore::claim(model::ExecutionId execution, const std::string& member, Millis claim_time,
                            const std::string& gone) {
  const auto now = database_.now();
  return database_.execute(claim_row, {now, member, execution, now, now - claim_time.count(), member, gone}) > 0;
}

bool LogStorageStore::touch(model::ExecutionId execution, const std::string& member) {
  return database_.execute(touch_row, {database_.now(), execution, member}) > 0;
}

void LogStorageStore::stored(const LogStorageRow& row, const std::string& member, std::int64_t bytes) {
  database_.execute(mark_stored, {row.provider, row.key, bytes, database_.now(), row.execution, member});
}

void LogStorageStore::failed(model::ExecutionId execution, const std::string& member, const std::string& types,
                             const std::string& problem, Millis pause) {
  database_.execute(mark_failed, {types, database_.now() + pause.count(), problem, execution, member});
}

void LogStorageStore::removed(model::ExecutionId execution, const std::string& member) {
  database_.execute(delete_removed, {execution, member});
}

bool LogStorageStore::checkpoint(const LogStorageRow& row, const std::vector<LogPiece>& before) {
  return database_.execute(save_pieces, {encode_pieces(row.pieces), row.piece_bytes, database_.now(), row.provider,
                                         row.key, row.server_uuid, row.execution, encode_pieces(before)}) > 0;
}

void LogStorageStore::forget_pieces(model::ExecutionId execution) {
  database_.execute(clear_pieces, {execution});
}

void LogStorageStore::remove(model::ExecutionId execution) {
  database_.execute(mark_removing, {database_.now(), execution});
}

void LogStorageStore::remove_elsewhere(model::ExecutionId execution, const std::string& server_uuid,
                                       const std::string& log_path) {
  insert_missing(database_, insert_removed_log, {execution, server_uuid, log_path});
}

std::vector<LogStorageStore::RemovedLog> LogStorageStore::to_remove(const std::string& server_uuid, std::size_t max) {
  std::vector<RemovedLog> logs;
  for (const auto& row : database_.query(select_removed_logs, {server_uuid, static_cast<std::int64_t>(max)}))
    logs.push_back({row.integer(0), row.text(1)});
  return logs;
}

void LogStorageStore::removed_file(model::ExecutionId execution) {
  database_.execute(delete_removed_log, {execution});
}

std::int64_t LogStorageStore::resume() {
  const auto now = database_.now();
  return database_.execute(resume_all, {now, now});
}

LogStorageCounts LogStorageStore::counts(std::int64_t failing_after) {
  LogStorageCounts counts;
  for (const auto& row : database_.query(count_states, {failing_after})) {
    const auto state = row.text(0);
    if (state == log_state::stored) counts.stored = row.integer(1);
    if (state == log_state::running) counts.running = row.integer(1);
    if (state == log_state::removing) counts.removing = row.integer(1);
    if (state != log_state::queued) continue;
    counts.queued = row.integer(1);
    counts.failing = row.integer(2);
    counts.waiting = row.integer(3);
  }
  return counts;
}

std::int64_t LogStorageStore::missing(const std::string& server_uuid) {
  return database_.query(count_missing, {server_uuid}).at(0).integer(0);
}

std::vector<LogStorageRow> LogStorageStore::incomplete(std::size_t offset, std::size_t max) {
  return read_rows(
      database_.query(select_incomplete, {static_cast<std::int64_t>(max), static_cast<std::int64_t>(offset)}));
}

}  // namespace qd::store
