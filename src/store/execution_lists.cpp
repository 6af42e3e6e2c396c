// What ExecutionStore reads.
#include <algorithm>
#include <bit>

#include "store/condition.hpp"
#include "store/execution_filter.hpp"
#include "store/execution_row.hpp"
#include "store/execution_store.hpp"
#include "store/sql_text.hpp"

namespace qd::store {
namespace {

constexpr const char* by_newest = " ORDER BY sort_ms DESC, id DESC LIMIT ? OFFSET ?";
constexpr const char* where_due =
    " WHERE active = 1 AND status = 'scheduled' AND scheduled_for_ms <= ? ORDER BY scheduled_for_ms, id LIMIT ?";
constexpr const char* where_queued = " WHERE active = 1 AND status = 'queued' AND server_uuid IN (?, ?)";
constexpr const char* after_place = " AND (sort_ms > ? OR (sort_ms = ? AND id > ?))";
constexpr const char* in_order_of_time = " ORDER BY sort_ms, id LIMIT ?";
constexpr const char* select_metrics =
    "SELECT status, COUNT(*), COUNT(ended_ms - started_ms), SUM(ended_ms - started_ms), MIN(ended_ms - started_ms), "
    "MAX(ended_ms - started_ms) FROM execution";
constexpr const char* select_tallies =
    "SELECT project, user_name, kind_of_end, COUNT(*) FROM (SELECT project, user_name, CASE WHEN status IN ("
    "'queued', 'scheduled', 'running', 'succeeded', 'failed', 'failed-with-retry', 'aborted', 'timedout', "
    "'incomplete', 'missed') THEN status ELSE 'other' END AS kind_of_end FROM execution";
constexpr const char* by_kind = ") ended GROUP BY project, user_name, kind_of_end";
constexpr const char* select_state = "SELECT state FROM execution WHERE id = ?";
constexpr const char* select_ids_of_job = "SELECT id FROM execution WHERE job_uuid = ? ORDER BY sort_ms DESC, id DESC";
constexpr const char* select_recent_durations =
    "SELECT COUNT(d), SUM(d) FROM (SELECT ended_ms - started_ms AS d FROM execution WHERE job_uuid = ? AND "
    "status = 'succeeded' ORDER BY sort_ms DESC, id DESC LIMIT ?) recent";
constexpr const char* running_of_job =
    "SELECT COUNT(*) FROM execution WHERE active = 1 AND job_uuid = ? AND status = 'running'";
constexpr const char* count_of_project = "SELECT COUNT(*) FROM execution WHERE project = ?";

constexpr const char* select_histories =
    "SELECT job_uuid, COUNT(*), SUM(CASE WHEN status = 'succeeded' THEN 1 ELSE 0 END) FROM execution";

constexpr std::size_t ids_per_statement = 512;
constexpr std::size_t jobs_per_union = 32;

std::vector<std::string> slice(const std::vector<std::string>& all, std::size_t start, std::size_t size) {
  const auto begin = all.begin() + static_cast<std::ptrdiff_t>(start);
  return {begin, begin + static_cast<std::ptrdiff_t>(std::min(size, all.size() - start))};
}

// select_recent_durations of as many jobs; the first column says which.
std::string recent_durations_of(std::size_t jobs) {
  std::string sql;
  for (std::size_t i = 0; i < jobs; ++i) {
    if (i > 0) sql += " UNION ALL ";
    sql += std::string(select_recent_durations).insert(sizeof("SELECT ") - 1, std::to_string(i) + ", ");
  }
  return sql;
}

}  // namespace

std::optional<model::Execution> ExecutionStore::find(model::ExecutionId id) {
  static const std::string sql = std::string(select_execution_whole) + " WHERE id = ?";
  const auto rows = database_.query(sql, {id});
  if (rows.empty()) return std::nullopt;
  return read_whole_execution(rows.front());
}

std::optional<model::Execution> ExecutionStore::find_unfinished(const std::string& uuid) {
  static const std::string sql = std::string(select_execution_whole) + " WHERE active = 1 AND uuid = ?";
  const auto rows = database_.query(sql, {uuid});
  if (rows.empty()) return std::nullopt;
  return read_whole_execution(rows.front());
}

std::vector<model::Execution> ExecutionStore::find_many(const std::vector<model::ExecutionId>& ids) {
  std::vector<model::Execution> found;
  for (std::size_t start = 0; start < ids.size(); start += ids_per_statement) {
    const auto end = std::min(ids.size(), start + ids_per_statement);
    const auto condition = is_one_of("id", std::vector<std::int64_t>(ids.begin() + static_cast<std::ptrdiff_t>(start),
                                                                     ids.begin() + static_cast<std::ptrdiff_t>(end)));
    const auto sql = std::string(select_execution_whole) + " WHERE " + condition.sql + " ORDER BY id";
    for (const auto& row : database_.query(sql, condition.params)) found.push_back(read_whole_execution(row));
  }
  return found;
}

ExecutionPage ExecutionStore::query(const ExecutionQuery& query) {
  const auto conditions = execution_conditions(database_.dialect(), query);
  const auto params =
      conditions.params_and({static_cast<std::int64_t>(query.max), static_cast<std::int64_t>(query.offset)});
  ExecutionPage page;
  database_.run(
      [&](Session& session) {
        page = {};
        page.total = counts_.count(session, conditions);
        if (page.total == 0 || query.max == 0) return;
        for (const auto& row : session.query(select_execution + conditions.where() + by_newest, params)) {
          page.executions.push_back(read_execution(row));
        }
      },
      true);
  return page;
}

ExecutionMetrics ExecutionStore::metrics(const ExecutionQuery& query) {
  const auto conditions = execution_conditions(database_.dialect(), query);
  ExecutionMetrics metrics;
  for (const auto& row :
       database_.query(select_metrics + conditions.where() + " GROUP BY status", conditions.params())) {
    metrics.total += row.integer(1);
    metrics.by_status[row.text(0)] = row.integer(1);
    if (row.integer(2) == 0) continue;
    metrics.duration_min =
        metrics.duration_count == 0 ? row.integer(4) : std::min(metrics.duration_min, row.integer(4));
    metrics.duration_max = std::max(metrics.duration_max, row.integer(5));
    metrics.duration_count += row.integer(2);
    metrics.duration_sum += row.integer(3);
  }
  return metrics;
}

std::vector<ExecutionTally> ExecutionStore::tallies(const ExecutionQuery& query) {
  const auto conditions = execution_conditions(database_.dialect(), query);
  std::vector<ExecutionTally> tallies;
  for (const auto& row : database_.query(select_tallies + conditions.where() + by_kind, conditions.params()))
    tallies.push_back({row.text(0), row.text(1), row.text(2), row.integer(3)});
  return tallies;
}

std::vector<model::Execution> ExecutionStore::queued(const std::string& server_uuid, std::size_t max,
                                                     const QueueFilter& filter) {
  std::string sql = std::string(select_execution_whole) + where_queued;
  Params params = {server_uuid, filter.for_any ? std::string() : server_uuid};
  if (!filter.without_jobs.empty()) sql += " AND job_uuid NOT IN (" + placeholders(filter.without_jobs.size()) + ")";
  for (const auto& job : filter.without_jobs) params.emplace_back(job);
  if (filter.after) {
    sql += after_place;
    for (const std::int64_t value : {filter.after->first, filter.after->first, filter.after->second})
      params.emplace_back(value);
  }
  params.emplace_back(static_cast<std::int64_t>(max));
  std::vector<model::Execution> waiting;
  for (const auto& row : database_.query(sql + in_order_of_time, params)) {
    waiting.push_back(read_whole_execution(row));
  }
  return waiting;
}

std::vector<model::Execution> ExecutionStore::due(UnixMillis now, std::size_t max) {
  static const std::string sql = std::string(select_execution_whole) + where_due;
  std::vector<model::Execution> executions;
  for (const auto& row : database_.query(sql, {now, static_cast<std::int64_t>(max)})) {
    executions.push_back(read_whole_execution(row));
  }
  return executions;
}

std::optional<std::string> ExecutionStore::state(model::ExecutionId id) {
  const auto rows = database_.query(select_state, {id});
  if (rows.empty()) return std::nullopt;
  return rows.front().text(0);
}

std::vector<model::ExecutionId> ExecutionStore::ids_of_job(const std::string& job_uuid) {
  std::vector<model::ExecutionId> ids;
  for (const auto& row : database_.query(select_ids_of_job, {job_uuid})) ids.push_back(row.integer(0));
  return ids;
}

RecentDurations ExecutionStore::recent_durations(const std::string& job_uuid) {
  const auto rows = database_.query(select_recent_durations, {job_uuid, recent_runs});
  RecentDurations recent{.count = rows.at(0).integer(0)};
  if (recent.count > 0) recent.sum = rows.at(0).integer(1);
  return recent;
}

std::map<std::string, RecentDurations> ExecutionStore::recent_durations(const std::vector<std::string>& job_uuids) {
  std::map<std::string, RecentDurations> all;
  for (std::size_t start = 0; start < job_uuids.size(); start += jobs_per_union) {
    auto jobs = slice(job_uuids, start, jobs_per_union);
    const std::string last = jobs.back();
    jobs.resize(std::bit_ceil(jobs.size()), last);  // few different statements have to be prepared
    Params params;
    for (const auto& job : jobs) {
      params.emplace_back(job);
      params.emplace_back(recent_runs);
    }
    for (const auto& row : database_.query(recent_durations_of(jobs.size()), params)) {
      RecentDurations recent{.count = row.integer(1)};
      if (recent.count > 0) recent.sum = row.integer(2);
      all[jobs.at(static_cast<std::size_t>(row.integer(0)))] = recent;
    }
  }
  return all;
}

std::map<std::string, JobHistory> ExecutionStore::histories(const std::vector<std::string>& job_uuids) {
  std::map<std::string, JobHistory> all;
  for (std::size_t start = 0; start < job_uuids.size(); start += ids_per_statement) {
    Conditions conditions;
    conditions.add(is_one_of("job_uuid", slice(job_uuids, start, ids_per_statement)));
    conditions.add("ended_ms IS NOT NULL");
    for (const auto& row :
         database_.query(select_histories + conditions.where() + " GROUP BY job_uuid", conditions.params())) {
      all[row.text(0)] = {row.integer(1), row.integer(2)};
    }
  }
  return all;
}

std::int64_t ExecutionStore::count_running(const std::string& job_uuid) {
  return database_.query(running_of_job, {job_uuid}).at(0).integer(0);
}

std::int64_t ExecutionStore::count(const std::string& project) {
  return database_.query(count_of_project, {project}).at(0).integer(0);
}

}  // namespace qd::store
