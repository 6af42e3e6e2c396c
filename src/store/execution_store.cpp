#include "store/execution_store.hpp"

#include <algorithm>
#include <iterator>

#include "codec/execution_codec.hpp"
#include "store/execution_row.hpp"
#include "store/member_store.hpp"
#include "store/sql_text.hpp"

namespace qd::store {
namespace {

const std::string insert_execution = std::string("INSERT INTO execution (") + execution_columns + ") VALUES (" +
                                     placeholders(execution_column_count) + ")";

#define QD_LIFE_GOES_ON \
  "NOT EXISTS (SELECT 1 FROM member m WHERE m.uuid = ? AND (m.incarnation > ? OR m.state = 'dead'))"

const std::string insert_while_alive = std::string("INSERT INTO execution (") + execution_columns + ") SELECT " +
                                       placeholders(execution_column_count) +
                                       " FROM (SELECT 1 AS one) once WHERE " QD_LIFE_GOES_ON;

constexpr const char* select_if_unchanged =
    "SELECT 1 FROM job j JOIN project p ON p.name = j.project WHERE j.uuid = ? AND j.revision = ? AND "
    "j.created_ms = ? AND p.version = ? AND p.created_ms = ?";
const std::string insert_while_unchanged = insert_while_alive + " AND EXISTS (" + select_if_unchanged + ")";

// One statement takes the lowest free slot of the job, if fewer than the limit run. Two members that take the same slot
// at once meet at its unique key.
const std::string insert_within_limit =
    std::string("INSERT INTO execution (") + execution_columns + ", slot) SELECT " +
    placeholders(execution_column_count) +
    ", (SELECT MIN(free.slot) FROM (SELECT 1 AS slot UNION SELECT taken.slot + 1 FROM execution taken"
    " WHERE taken.job_uuid = ? AND taken.slot IS NOT NULL) free WHERE NOT EXISTS"
    " (SELECT 1 FROM execution held WHERE held.job_uuid = ? AND held.slot = free.slot))"
    " FROM (SELECT 1 AS one) once WHERE"
    " (SELECT COUNT(*) FROM execution r WHERE r.active = 1 AND r.job_uuid = ? AND r.status = 'running') < ?";

constexpr const char* start_waiting =
    "UPDATE execution SET status = 'running', active = 1, started_ms = ?, sort_ms = ?, server_uuid = ?, incarnation = "
    "? "
    "WHERE id = ? AND status IN ('scheduled', 'queued') AND " QD_LIFE_GOES_ON;
// The inner tables are wrapped so that MariaDB reads the table that it changes. The slots that are looked at are those
// of the job that the row belongs to.
constexpr const char* start_waiting_within_limit =
    "UPDATE execution SET status = 'running', active = 1, started_ms = ?, sort_ms = ?, server_uuid = ?, incarnation = "
    "?, "
    "slot = (SELECT MIN(f.slot) FROM (SELECT free.slot FROM (SELECT 1 AS slot UNION SELECT taken.slot + 1 FROM "
    "execution "
    "taken WHERE taken.slot IS NOT NULL AND taken.job_uuid = (SELECT t.job_uuid FROM execution t WHERE t.id = ?)) free "
    "WHERE NOT EXISTS (SELECT 1 FROM execution held WHERE held.slot = free.slot AND held.job_uuid = (SELECT "
    "h.job_uuid FROM execution h WHERE h.id = ?))) f) "
    "WHERE id = ? AND status IN ('scheduled', 'queued') AND (SELECT c.n FROM (SELECT COUNT(*) AS n FROM execution r "
    "JOIN execution me ON me.job_uuid = r.job_uuid WHERE me.id = ? AND r.active = 1 AND r.status = 'running') c) < "
    "? AND " QD_LIFE_GOES_ON;
#undef QD_LIFE_GOES_ON
constexpr const char* count_running_of_job =
    "SELECT COUNT(*) FROM execution WHERE active = 1 AND job_uuid = ? AND status = 'running'";
constexpr const char* count_queued_of_job =
    "SELECT COUNT(*) FROM execution WHERE active = 1 AND job_uuid = ? AND status = 'queued'";
constexpr const char* reassign_queued =
    "UPDATE execution SET server_uuid = ? WHERE id = ? AND status = 'queued' AND server_uuid = ?";
// A member that was declared dead changes nothing any more.
#define QD_WHERE_OWNED                                                                                                 \
  " WHERE id = ? AND server_uuid = ? AND incarnation = ? AND status = 'running' AND NOT EXISTS (SELECT 1 FROM member " \
  "m WHERE m.uuid = execution.server_uuid AND (m.incarnation > execution.incarnation OR m.state = 'dead'))"
constexpr const char* finish_running =
    "UPDATE execution SET status = ?, active = NULL, slot = NULL, ended_ms = ?, succeeded_nodes = ?, failed_nodes = ?, "
    "aborted_by = ?, abort_reason = ?, log_size = ?, state = COALESCE(?, state)" QD_WHERE_OWNED;
constexpr const char* save_state = "UPDATE execution SET state = ?" QD_WHERE_OWNED;
constexpr const char* set_retried_as_if_ours = "UPDATE execution SET retried_as = ?" QD_WHERE_OWNED;
constexpr const char* touch_owned = "UPDATE execution SET status = status" QD_WHERE_OWNED;
#undef QD_WHERE_OWNED
constexpr const char* cancel_waiting_row =
    "UPDATE execution SET status = 'aborted', active = NULL, slot = NULL, ended_ms = ?, aborted_by = ? "
    "WHERE id = ? AND status IN ('scheduled', 'queued')";
constexpr const char* close_orphan_rows =
    "UPDATE execution SET status = 'incomplete', active = NULL, slot = NULL, ended_ms = ? "
    "WHERE active = 1 AND status = 'running' AND server_uuid = ? AND incarnation < ?";
constexpr const char* update_retried_as = "UPDATE execution SET retried_as = ? WHERE id = ?";
constexpr const char* withdraw_execution = "DELETE FROM execution WHERE id = ?";
constexpr const char* delete_execution = "DELETE FROM execution WHERE id = ? AND status <> 'running'";

// How often a slot may be snatched away before the attempt counts as refused.
constexpr int max_slot_races = 50;

Params finish_params(model::ExecutionId id, const std::string& server_uuid, std::int64_t incarnation,
                     const ExecutionOutcome& outcome) {
  const auto list = [](const std::vector<std::string>& nodes) {
    return nodes.empty() ? "" : codec::encode_texts(nodes);
  };
  Params params;
  params.reserve(11);
  params.emplace_back(outcome.status);
  params.emplace_back(outcome.ended);
  params.emplace_back(list(outcome.succeeded_nodes));
  params.emplace_back(list(outcome.failed_nodes));
  params.emplace_back(outcome.aborted_by);
  params.emplace_back(outcome.abort_reason);
  params.emplace_back(outcome.log_size);
  params.push_back(outcome.state.empty() ? Value() : Value(outcome.state));  // NULL: as it was saved last
  params.emplace_back(id);
  params.emplace_back(server_uuid);
  params.emplace_back(incarnation);
  return params;
}

Params place_params(const std::string& job_uuid, const PlaceVersion& version) {
  return {job_uuid, version.job.revision, version.job.created, version.project, version.project_created};
}

}  // namespace

ExecutionStore::ExecutionStore(Database& database, std::int64_t remember_from)
    : database_(database), counts_(remember_from) {}

model::ExecutionId ExecutionStore::create(const model::Execution& execution) {
  return database_.insert(insert_execution, columns_of(execution));
}

model::ExecutionId ExecutionStore::create(Session& session, const model::Execution& execution) {
  return session.insert(insert_execution, columns_of(execution));
}

std::vector<model::ExecutionId> ExecutionStore::create_all(Database& database, const std::vector<Start>& starts) {
  std::vector<Statement> lives, inserts;
  const model::Incarnation* held = nullptr;
  for (const auto& [life, execution, unchanged] : starts) {
    if (held == nullptr || *held != life) lives.push_back(MemberStore::hold_life(database.dialect(), life));
    held = &life;
    Params params = columns_of(execution);
    params.insert(params.end(), {life.uuid, life.number});
    if (unchanged != nullptr)
      std::ranges::copy(place_params(execution.job_uuid, *unchanged), std::back_inserter(params));
    inserts.push_back(
        {unchanged == nullptr ? insert_while_alive : insert_while_unchanged, std::move(params), Statement::Answer::id});
  }
  if (database.dialect() == Dialect::postgresql) {
    const auto locks = static_cast<std::ptrdiff_t>(lives.size());
    std::ranges::move(inserts, std::back_inserter(lives));
    auto answers = database.execute_all(lives);
    return {answers.begin() + locks, answers.end()};
  }
  std::vector<model::ExecutionId> ids;
  database.transact([&](Session& session) {
    for (const auto& life : lives) session.query(life.sql, life.params);
    ids = session.execute_all(inserts);
  });
  return ids;
}

std::optional<model::ExecutionId> ExecutionStore::create_within_limit(const model::Execution& execution,
                                                                      std::int64_t limit) {
  std::optional<model::ExecutionId> id;
  database_.run([&](Session& session) { id = create_within_limit(session, execution, limit); });
  return id;
}

std::optional<model::ExecutionId> ExecutionStore::create_within_limit(Session& session,
                                                                      const model::Execution& execution,
                                                                      std::int64_t limit) {
  static const std::string plain = insert_within_limit + " ON CONFLICT DO NOTHING";
  if (execution.status != model::status::running) return create(session, execution);
  Params params = columns_of(execution);
  for (int i = 0; i < 3; ++i) params.emplace_back(execution.job_uuid);
  params.emplace_back(limit);
  for (int race = 0; race < max_slot_races; ++race) {
    try {
      const auto id = session.insert(session.dialect() == Dialect::mariadb ? insert_within_limit : plain, params);
      if (id != 0) return id;
    } catch (const UniqueViolation&) {  // of MariaDB, which takes back the statement alone
    }
    // Either the limit is reached, or somebody took the slot between our look and our write: then look again.
    if (count_running(session, execution.job_uuid) >= limit) return std::nullopt;
  }
  return std::nullopt;
}

bool ExecutionStore::is_unchanged(Session& session, const std::string& job_uuid, const PlaceVersion& version) {
  return !session.query(select_if_unchanged, place_params(job_uuid, version)).empty();
}

void ExecutionStore::withdraw(Session& session, model::ExecutionId id) {
  session.execute(withdraw_execution, {id});
}

std::int64_t ExecutionStore::count_running(Session& session, const std::string& job_uuid) {
  return session.query(count_running_of_job, {job_uuid}).at(0).integer(0);
}

std::int64_t ExecutionStore::count_queued(Session& session, const std::string& job_uuid) {
  return session.query(count_queued_of_job, {job_uuid}).at(0).integer(0);
}

bool ExecutionStore::start_within_limit(model::ExecutionId id, UnixMillis now, const std::string& server_uuid,
                                        std::int64_t incarnation, std::int64_t limit) {
  const Params params = {now, now, server_uuid, incarnation, id, id, id, id, limit, server_uuid, incarnation};
  for (int race = 0; race < max_slot_races; ++race) {
    try {
      return database_.execute(start_waiting_within_limit, params) > 0;
    } catch (const UniqueViolation&) {
      continue;  // somebody took the slot between our look and our write: look again
    }
  }
  return false;
}

bool ExecutionStore::reassign(model::ExecutionId id, const std::string& from, const std::string& to) {
  return database_.execute(reassign_queued, {to, id, from}) > 0;
}

bool ExecutionStore::start(model::ExecutionId id, UnixMillis now, const std::string& server_uuid,
                           std::int64_t incarnation) {
  return database_.execute(start_waiting, {now, now, server_uuid, incarnation, id, server_uuid, incarnation}) > 0;
}

bool ExecutionStore::finish(model::ExecutionId id, const std::string& server_uuid, std::int64_t incarnation,
                            const ExecutionOutcome& outcome) {
  bool ours = false;
  const auto write = [&](Session& session) { ours = finish(session, id, server_uuid, incarnation, outcome); };
  outcome.deliveries.empty() ? database_.run(write) : database_.transact(write);
  return ours;
}

bool ExecutionStore::finish(Session& session, model::ExecutionId id, const std::string& server_uuid,
                            std::int64_t incarnation, const ExecutionOutcome& outcome) {
  const bool ours = session.execute(finish_running, finish_params(id, server_uuid, incarnation, outcome)) > 0;
  if (ours) DeliveryStore::insert(session, outcome.deliveries);
  return ours;
}

std::vector<bool> ExecutionStore::finish_all(Database& database, const std::vector<Ending>& endings) {
  std::vector<Statement> updates;
  updates.reserve(endings.size());
  for (const auto& [execution, outcome] : endings) {
    updates.push_back(
        {finish_running, finish_params(execution.id, execution.server_uuid, execution.incarnation, outcome)});
  }
  std::vector<std::int64_t> counts;
  if (std::ranges::all_of(endings, [](const Ending& ending) { return ending.outcome.deliveries.empty(); })) {
    counts = database.execute_all(updates);
  } else {
    database.transact([&](Session& session) {
      counts = session.execute_all(updates);
      for (std::size_t i = 0; i < endings.size(); ++i) {
        if (counts[i] > 0) DeliveryStore::insert(session, endings[i].outcome.deliveries);
      }
    });
  }
  std::vector<bool> ours;
  ours.reserve(counts.size());
  for (const auto count : counts) ours.push_back(count > 0);
  return ours;
}

bool ExecutionStore::cancel_waiting(model::ExecutionId id, const std::string& by, UnixMillis now) {
  return database_.execute(cancel_waiting_row, {now, by, id}) > 0;
}

std::int64_t ExecutionStore::close_orphans(const std::string& server_uuid, std::int64_t incarnation, UnixMillis now) {
  return database_.execute(close_orphan_rows, {now, server_uuid, incarnation});
}

void ExecutionStore::set_retried_as(model::ExecutionId id, model::ExecutionId retry) {
  database_.execute(update_retried_as, {retry, id});
}

void ExecutionStore::link_retry(Session& session, model::ExecutionId id, model::ExecutionId retry) {
  session.execute(update_retried_as, {retry, id});
}

bool ExecutionStore::hold_ours(Session& session, const model::Execution& execution) {
  return session.execute(touch_owned, {execution.id, execution.server_uuid, execution.incarnation}) > 0;
}

bool ExecutionStore::set_retried_as(Session& session, const model::Execution& execution, model::ExecutionId retry) {
  return session.execute(set_retried_as_if_ours, {retry, execution.id, execution.server_uuid, execution.incarnation}) >
         0;
}

bool ExecutionStore::save_progress(model::ExecutionId id, const std::string& server_uuid, std::int64_t incarnation,
                                   const std::string& state) {
  return database_.execute(save_state, {state, id, server_uuid, incarnation}) > 0;
}

bool ExecutionStore::remove(model::ExecutionId id) {
  bool removed = false;
  database_.transact([&](Session& session) {
    removed = session.execute(delete_execution, {id}) > 0;
    if (removed) ExecutionCounts::note_removal(session);
  });
  return removed;
}

}  // namespace qd::store
