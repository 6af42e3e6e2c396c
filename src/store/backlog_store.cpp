#include "store/backlog_store.hpp"

#include <algorithm>

#include "model/execution.hpp"

namespace qd::store {
namespace {

constexpr const char* count_schedules =
    "SELECT server_uuid, COUNT(*), COUNT(CASE WHEN next_ms <= ? THEN 1 END), MIN(next_ms) FROM schedule "
    "WHERE next_ms IS NOT NULL GROUP BY server_uuid";
constexpr const char* count_executions =
    "SELECT status, CASE WHEN server_uuid = '' THEN 0 ELSE 1 END, COUNT(*), MIN(sort_ms) FROM execution "
    "WHERE active = 1 GROUP BY status, CASE WHEN server_uuid = '' THEN 0 ELSE 1 END";
constexpr const char* count_deliveries = "SELECT COUNT(*), MIN(created_ms) FROM delivery WHERE state = 'waiting'";
constexpr const char* count_messages = "SELECT COUNT(*), MIN(created_ms) FROM message WHERE state = 'pending'";
constexpr const char* count_logs =
    "SELECT COUNT(*), MIN(created_ms), COUNT(CASE WHEN attempts > 0 THEN 1 END) FROM log_storage "
    "WHERE state = 'queued'";

Millis since(UnixMillis then, UnixMillis now) {
  return Millis{std::max<std::int64_t>(0, now - then)};
}

// `at` is the column of the count, the next one holds the oldest time.
Backlog::Pile pile_of(const Row& row, std::size_t at, UnixMillis now) {
  if (row.null(at + 1)) return {row.integer(at), Millis{0}};
  return {row.integer(at), since(row.integer(at + 1), now)};
}

void add_executions(const Row& row, Backlog& backlog) {
  const auto status = row.text(0);
  const bool of_member = row.truth(1);
  if (status == model::status::running) backlog.running += row.integer(2);
  if (status == model::status::scheduled) backlog.waiting_for_time += row.integer(2);
  if (status == model::status::queued)
    (of_member ? backlog.queued_for_member : backlog.queued_for_anyone) = pile_of(row, 2, backlog.now);
}

}  // namespace

Backlog BacklogStore::read() {
  Backlog backlog;
  database_.run(
      [&](Session& session) {
        backlog = {};
        backlog.now = session.now();
        for (const auto& row : session.query(count_schedules, {backlog.now}))
          backlog.schedules[row.text(0)] = {row.integer(1), row.integer(2), since(row.integer(3), backlog.now)};
        for (const auto& row : session.query(count_executions)) add_executions(row, backlog);
        backlog.notifications = pile_of(session.query(count_deliveries).at(0), 0, backlog.now);
        backlog.messages = pile_of(session.query(count_messages).at(0), 0, backlog.now);
        const auto logs = session.query(count_logs);
        backlog.logs = pile_of(logs.at(0), 0, backlog.now);
        backlog.logs_failing = logs.at(0).integer(2);
      },
      true);
  return backlog;
}

}  // namespace qd::store
