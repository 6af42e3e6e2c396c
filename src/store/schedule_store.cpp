#include "store/schedule_store.hpp"

#include <algorithm>

#include "model/schedule_rules.hpp"
#include "store/condition.hpp"
#include "store/sql_text.hpp"

namespace qd::store {
namespace {

#define QD_SCHEDULE_COLUMNS                                                                              \
  "s.id, s.job_uuid, s.source, s.project, s.name, s.expression, s.zone, s.arg_string, s.missed_policy, " \
  "s.server_uuid, "                                                                                      \
  "s.next_ms, s.last_ms"
constexpr const char* select_due = "SELECT " QD_SCHEDULE_COLUMNS
                                   ", j.revision FROM schedule s JOIN job j ON j.uuid = s.job_uuid "
                                   "WHERE s.server_uuid = ? AND s.next_ms <= ? ORDER BY s.next_ms, s.id LIMIT ?";
constexpr const char* select_of_job =
    "SELECT " QD_SCHEDULE_COLUMNS ", 0 FROM schedule s WHERE s.job_uuid = ? ORDER BY s.source";
constexpr const char* select_of_jobs = "SELECT " QD_SCHEDULE_COLUMNS ", 0 FROM schedule s";
#undef QD_SCHEDULE_COLUMNS
constexpr const char* select_next_due =
    "SELECT MIN(next_ms) FROM schedule WHERE server_uuid = ? AND next_ms IS NOT NULL";
constexpr const char* count_owned = "SELECT COUNT(*) FROM schedule WHERE server_uuid = ?";
constexpr const char* count_owners = "SELECT server_uuid, COUNT(*) FROM schedule GROUP BY server_uuid";

constexpr const char* insert_fire =
    "INTO fire (job_uuid, due_ms, project, source, state, reason, fires, claimed_ms, server_uuid, incarnation, "
    "owner_uuid, execution_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr const char* select_fires =
    "SELECT job_uuid, due_ms, project, source, state, reason, fires, claimed_ms, server_uuid, incarnation, owner_uuid, "
    "execution_id FROM fire";
constexpr const char* delete_fires_mariadb = "DELETE FROM fire WHERE due_ms < ? LIMIT ?";
constexpr const char* delete_fires =
    "DELETE FROM fire WHERE (job_uuid, due_ms) IN (SELECT job_uuid, due_ms FROM fire WHERE due_ms < ? LIMIT ?)";

constexpr const char* advance_schedule = "UPDATE schedule SET next_ms = ?, last_ms = ? WHERE id = ? AND next_ms = ?";
constexpr const char* insert_schedule =
    "INSERT INTO schedule (job_uuid, source, project, name, expression, zone, arg_string, missed_policy, server_uuid, "
    "next_ms) VALUES (?, 0, ?, '', ?, ?, '', ?, ?, ?)";
constexpr const char* update_schedule =
    "UPDATE schedule SET project = ?, expression = ?, zone = ?, missed_policy = ?, server_uuid = ?, next_ms = ? WHERE "
    "id = ?";
constexpr const char* delete_schedule = "DELETE FROM schedule WHERE id = ?";
constexpr const char* delete_schedules = "DELETE FROM schedule WHERE job_uuid = ?";

constexpr const char* select_owner = "SELECT MIN(server_uuid) FROM schedule WHERE job_uuid = ?";

// A job counts as scheduled by a project schedule, too.
constexpr const char* mark_scheduled = "UPDATE job SET scheduled = 1 WHERE uuid = ?";

constexpr std::int64_t most_counted = 10'000;
constexpr std::size_t jobs_per_statement = 512;

Value optional_value(const std::optional<UnixMillis>& time) {
  return time ? Value(*time) : Value(nullptr);
}

ScheduleRow read_schedule(const Row& row) {
  ScheduleRow schedule;
  schedule.id = row.integer(0);
  schedule.job_uuid = row.text(1);
  schedule.source = row.integer(2);
  schedule.project = row.text(3);
  schedule.name = row.text(4);
  schedule.expression = row.text(5);
  schedule.zone = row.text(6);
  schedule.arg_string = row.text(7);
  schedule.missed_policy = row.text(8);
  schedule.server_uuid = row.text(9);
  schedule.next = row.optional_integer(10);
  schedule.last = row.optional_integer(11);
  schedule.job_revision = row.integer(12);
  return schedule;
}

std::vector<ScheduleRow> read_schedules(const Rows& rows) {
  std::vector<ScheduleRow> schedules;
  schedules.reserve(rows.size());
  for (const auto& row : rows) schedules.push_back(read_schedule(row));
  return schedules;
}

FireRow read_fire(const Row& row) {
  FireRow fire;
  fire.job_uuid = row.text(0);
  fire.due = row.integer(1);
  fire.project = row.text(2);
  fire.source = row.integer(3);
  fire.state = row.text(4);
  fire.reason = row.text(5);
  fire.fires = row.integer(6);
  fire.claimed = row.integer(7);
  fire.by = {row.text(8), row.integer(9)};
  fire.owner_uuid = row.text(10);
  fire.execution = row.optional_integer(11);
  return fire;
}

Conditions takeover_conditions(const TakeoverFilter& filter, const std::string& to) {
  Conditions conditions;
  if (filter.from_server) conditions.add(equals("server_uuid", *filter.from_server));
  conditions.add({"server_uuid <> ?", {to}});
  if (!filter.project.empty()) conditions.add(equals("project", filter.project));
  if (!filter.jobs.empty()) conditions.add(is_one_of("job_uuid", filter.jobs));
  return conditions;
}

bool is_enabled(const model::Job& job) {
  return job.schedule_enabled && job.execution_enabled;
}

}  // namespace

ScheduleStore::ScheduleStore(Database& database) : database_(database) {}

std::vector<ScheduleRow> ScheduleStore::due(const std::string& server_uuid, UnixMillis now, std::size_t max) {
  return read_schedules(database_.query(select_due, {server_uuid, now, static_cast<std::int64_t>(max)}));
}

std::optional<UnixMillis> ScheduleStore::next_due(const std::string& server_uuid) {
  return database_.query(select_next_due, {server_uuid}).at(0).optional_integer(0);
}

std::vector<ScheduleRow> ScheduleStore::of_job(const std::string& job_uuid) {
  return read_schedules(database_.query(select_of_job, {job_uuid}));
}

std::map<std::string, std::vector<ScheduleRow>> ScheduleStore::of_jobs(const std::vector<std::string>& job_uuids) {
  std::map<std::string, std::vector<ScheduleRow>> all;
  for (std::size_t start = 0; start < job_uuids.size(); start += jobs_per_statement) {
    const auto begin = job_uuids.begin() + static_cast<std::ptrdiff_t>(start);
    const auto size = std::min(jobs_per_statement, job_uuids.size() - start);
    Conditions conditions;
    conditions.add(is_one_of("s.job_uuid", std::vector<std::string>(begin, begin + static_cast<std::ptrdiff_t>(size))));
    const auto rows =
        database_.query(select_of_jobs + conditions.where() + " ORDER BY s.job_uuid, s.source", conditions.params());
    for (auto& schedule : read_schedules(rows)) all[schedule.job_uuid].push_back(std::move(schedule));
  }
  return all;
}

std::vector<ScheduleRow> ScheduleStore::of_job(Session& session, const std::string& job_uuid) {
  return read_schedules(session.query(select_of_job, {job_uuid}));
}

std::optional<std::string> ScheduleStore::owner(Session& session, const std::string& job_uuid) {
  return session.query(select_owner, {job_uuid}).at(0).optional_text(0);
}

std::int64_t ScheduleStore::count(const std::string& server_uuid) {
  return database_.query(count_owned, {server_uuid}).at(0).integer(0);
}

std::map<std::string, std::int64_t> ScheduleStore::count_by_owner() {
  std::map<std::string, std::int64_t> counts;
  for (const auto& row : database_.query(count_owners)) counts[row.text(0)] = row.integer(1);
  return counts;
}

bool ScheduleStore::claim(Session& session, const FireRow& row) {
  static const std::string plain = std::string("INSERT ") + insert_fire + " ON CONFLICT DO NOTHING";
  static const std::string mariadb = std::string("INSERT IGNORE ") + insert_fire;
  const Params params = {row.job_uuid,  row.due,        row.project,
                         row.source,    row.state,      row.reason,
                         row.fires,     row.claimed,    row.by.uuid,
                         row.by.number, row.owner_uuid, row.execution ? Value(*row.execution) : Value(nullptr)};
  return session.execute(session.dialect() == Dialect::mariadb ? mariadb : plain, params) > 0;
}

bool ScheduleStore::advance(Session& session, std::int64_t id, UnixMillis settled, std::optional<UnixMillis> next) {
  return session.execute(advance_schedule, {optional_value(next), settled, id, settled}) > 0;
}

bool ScheduleStore::hold_alive(Session& session, const model::Incarnation& member) {
  const char* hold = "SELECT 1 FROM member WHERE uuid = ? AND incarnation = ? AND state = 'live' FOR KEY SHARE";
  if (session.dialect() == Dialect::sqlite)
    hold = "SELECT 1 FROM member WHERE uuid = ? AND incarnation = ? AND state = 'live'";
  if (session.dialect() == Dialect::mariadb)
    hold = "SELECT 1 FROM member WHERE uuid = ? AND incarnation = ? AND state = 'live' LOCK IN SHARE MODE";
  return !session.query(hold, {member.uuid, member.number}).empty();
}

void ScheduleStore::write(Session& session, const model::Job& job, const std::string& server_uuid, UnixMillis now) {
  const auto rows = of_job(session, job.uuid);
  const bool enabled = is_enabled(job);
  bool written = false;
  bool of_project = false;
  for (const auto& old : rows) {
    auto row = old;
    of_project = of_project || old.source != 0;
    if (old.source == 0 && !job.schedule) {
      settle_overdue(session, old, "the job's schedule was removed before this fire was claimed", now);
      session.execute(delete_schedule, {old.id});
      continue;
    }
    if (old.source == 0) {
      written = true;
      row.expression = job.schedule->expression();
      row.zone = job.time_zone;
      row.missed_policy = model::missed_policy(job);
    }
    // An unchanged schedule goes on from where it is: saving a job must not swallow a fire that is due right now.
    const bool same = row.expression == old.expression && row.zone == old.zone && enabled == old.next.has_value();
    if (!same) {
      settle_overdue(session, old, enabled ? "the schedule was changed before this fire was claimed" : "disabled", now);
      row.next = std::nullopt;
      if (const auto timing = model::Timing::parse(row.expression, row.zone); enabled && timing)
        row.next = timing->next(now);
    }
    session.execute(update_schedule, {job.project, row.expression, row.zone, row.missed_policy, server_uuid,
                                      optional_value(row.next), row.id});
  }
  if (of_project) session.execute(mark_scheduled, {job.uuid});
  if (written || !job.schedule) return;
  const auto timing = model::Timing::parse(job.schedule->expression(), job.time_zone);
  std::optional<UnixMillis> next;
  if (enabled && timing) next = timing->next(now);
  session.execute(insert_schedule, {job.uuid, job.project, job.schedule->expression(), job.time_zone,
                                    model::missed_policy(job), server_uuid, optional_value(next)});
}

void ScheduleStore::remove(Session& session, const std::string& job_uuid) {
  session.execute(delete_schedules, {job_uuid});
}

void ScheduleStore::settle_overdue(Session& session, const ScheduleRow& old, const std::string& reason,
                                   UnixMillis now) {
  if (!old.next || *old.next > now) return;
  FireRow row;
  row.job_uuid = old.job_uuid;
  row.due = *old.next;
  row.project = old.project;
  row.source = old.source;
  row.state = fire::skipped;
  row.reason = reason;
  row.claimed = now;
  row.owner_uuid = old.server_uuid;
  if (const auto timing = model::Timing::parse(old.expression, old.zone)) {
    for (auto at = timing->next(row.due); at && *at <= now && row.fires < most_counted; at = timing->next(*at))
      ++row.fires;
  }
  claim(session, row);
}

std::int64_t ScheduleStore::take_over(Session& session, const TakeoverFilter& filter, const std::string& to) {
  const auto conditions = takeover_conditions(filter, to);
  Params params = {to};
  for (const auto& value : conditions.params()) params.push_back(value);
  return session.execute("UPDATE schedule SET server_uuid = ?" + conditions.where(), params);
}

ScheduleStore::Taken ScheduleStore::take_over(const TakeoverFilter& filter, const std::string& to,
                                              std::size_t max_listed) {
  Taken taken;
  database_.transact([&](Session& session) {
    taken = {};
    const auto conditions = takeover_conditions(filter, to);
    taken.total =
        session.query("SELECT COUNT(DISTINCT job_uuid) FROM schedule" + conditions.where(), conditions.params())
            .at(0)
            .integer(0);
    const auto rows = session.query("SELECT DISTINCT job_uuid, project, server_uuid FROM schedule" +
                                        conditions.where() + " ORDER BY job_uuid LIMIT ?",
                                    conditions.params_and({static_cast<std::int64_t>(max_listed)}));
    for (const auto& row : rows) taken.jobs.push_back({row.text(0), row.text(1), row.text(2)});
    take_over(session, filter, to);
  });
  return taken;
}

std::vector<FireRow> ScheduleStore::fires(const FireQuery& query) {
  Conditions conditions;
  if (!query.project.empty()) conditions.add(equals("project", query.project));
  if (!query.job_uuid.empty()) conditions.add(equals("job_uuid", query.job_uuid));
  if (!query.state.empty()) conditions.add(equals("state", query.state));
  if (!query.server_uuid.empty()) conditions.add(equals("server_uuid", query.server_uuid));
  if (query.from) conditions.add({"due_ms >= ?", {*query.from}});
  if (query.until) conditions.add({"due_ms <= ?", {*query.until}});
  std::vector<FireRow> fires;
  const auto rows = database_.query(
      select_fires + conditions.where() + " ORDER BY due_ms DESC LIMIT ? OFFSET ?",
      conditions.params_and({static_cast<std::int64_t>(query.max), static_cast<std::int64_t>(query.offset)}));
  for (const auto& row : rows) fires.push_back(read_fire(row));
  return fires;
}

std::int64_t ScheduleStore::prune(UnixMillis before, std::size_t max) {
  return database_.execute(database_.dialect() == Dialect::mariadb ? delete_fires_mariadb : delete_fires,
                           {before, static_cast<std::int64_t>(max)});
}

}  // namespace qd::store
