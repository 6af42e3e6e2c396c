#include "promises.hpp"

#include "model/cron.hpp"
#include "store/schedule_store.hpp"

namespace qd::simulation {

namespace {

constexpr Millis kBehind{10'000};  // what may be late at the end, on processes that have just been started again

class Check {
 public:
  Check(store::Database& database, const Truth& truth, std::vector<std::string>& violations)
      : database_(database), truth_(truth), violations_(violations) {}

  // A fire starts at most once, and whose ledger row says that it ran did run, or its member died.
  void starts(UnixMillis now) {
    const auto rows = database_.query(
        "SELECT f.job_uuid, f.due_ms, f.state, f.execution_id, e.status, f.claimed_ms, e.server_uuid FROM fire f LEFT "
        "JOIN execution e ON e.id = "
        "f.execution_id ORDER BY f.job_uuid, f.due_ms");
    std::map<std::pair<std::string, UnixMillis>, int> starts;
    for (const auto& row : rows) {
      const bool ran = row.text(2) == store::fire::fired || row.text(2) == store::fire::late;
      if (!ran) continue;
      const auto what = "the fire of job " + row.text(0) + " at " + iso8601_millis(row.integer(1));
      if (row.null(3) || row.null(4)) {
        violated(what + " has no execution");
        continue;
      }
      const auto begun = count(truth_.begun, row.integer(3));
      starts[{row.text(0), row.integer(1)}] += begun;
      const bool soon = row.text(4) == model::status::queued && row.integer(5) + kBehind.count() > now;
      if (begun == 0 && !soon && row.text(4) != model::status::incomplete) {
        violated(what + " never began, and its execution is " + row.text(4) + " at " + row.text(6) + ", claimed " +
                 std::to_string(now - row.integer(5)) + " ms before the end");
      }
    }
    for (const auto& [fire, number] : starts) {
      if (number > 1) {
        violated("job " + fire.first + " started " + std::to_string(number) + " times for the fire of " +
                 iso8601_millis(fire.second));
      }
    }
  }

  // An execution begins once and ends once, whoever forwarded it and took it back; late writes of a dead member hit no
  // row.
  void executions() {
    for (const auto& [id, number] : truth_.begun) {
      if (number > 1) violated("execution " + std::to_string(id) + " began " + std::to_string(number) + " times");
    }
    std::map<std::int64_t, std::string> statuses;
    for (const auto& row : database_.query("SELECT id, status FROM execution")) statuses[row.integer(0)] = row.text(1);
    for (const auto& [id, number] : truth_.outcomes) {
      if (number > 1) violated("execution " + std::to_string(id) + " ended " + std::to_string(number) + " times");
      if (statuses[id] != model::status::succeeded) {
        violated("execution " + std::to_string(id) + " succeeded, and its row says " + statuses[id]);
      }
    }
    for (const auto& [id, number] : truth_.retries) {
      if (number > 1) violated("execution " + std::to_string(id) + " was retried " + std::to_string(number) + " times");
      if (statuses[id] != model::status::incomplete) {
        violated("execution " + std::to_string(id) + " was retried, and its row says " + statuses[id]);
      }
    }
  }

  // started + missed + skipped = due, and the schedule goes on.
  void accounts(const std::string& job, UnixMillis first, UnixMillis now) {
    const auto row = store::ScheduleStore(database_).of_job(job).at(0);
    const auto cron = *model::Cron::parse(row.expression);
    const auto zone = model::TimeZone::utc();
    std::int64_t due = 0;
    for (auto at = first; at < *row.next; at = *cron.next(at, zone)) ++due;
    const auto counted =
        database_.query("SELECT COALESCE(SUM(fires), 0) FROM fire WHERE job_uuid = ?", {job}).at(0).integer(0);
    if (counted != due) {
      violated("job " + job + ": " + std::to_string(due) + " fires were due, the ledger accounts for " +
               std::to_string(counted));
    }
    if (*row.next + kBehind.count() < now) {
      violated("job " + job + " stands still since " + iso8601_millis(*row.next) + ", owned by " + row.server_uuid);
    }
  }

  // Nothing runs under a life that is over, nor longer than executions last; nothing waits for ever.
  void stuck(UnixMillis now, Millis longest_run) {
    const auto orphans = database_.query(
        "SELECT e.id, e.server_uuid, e.incarnation FROM execution e WHERE e.status = 'running' AND NOT EXISTS (SELECT "
        "1 FROM member m WHERE m.uuid = e.server_uuid AND m.incarnation = e.incarnation AND m.state IN ('live', "
        "'leaving'))");
    for (const auto& row : orphans) {
      violated("execution " + row.text(0) + " runs for ever under " + row.text(1) + "/" + row.text(2));
    }
    const auto old = now - longest_run.count() - kBehind.count();
    const auto waiting = database_.query(
        "SELECT id, status, server_uuid FROM execution WHERE status IN ('running', 'queued') AND "
        "COALESCE(started_ms, scheduled_for_ms) < ?",
        {old});
    for (const auto& row : waiting) {
      violated("execution " + row.text(0) + " is " + row.text(1) + " for ever at " + row.text(2));
    }
    for (const auto& row : database_.query("SELECT job_uuid, COUNT(*) FROM execution WHERE status = 'running' GROUP BY "
                                           "job_uuid HAVING COUNT(*) > 1")) {
      if (row.text(0).starts_with(kLimitedJob)) violated("job " + row.text(0) + " runs more than once at a time");
    }
  }

 private:
  void violated(const std::string& what) { violations_.push_back(what); }
  static int count(const std::map<std::int64_t, int>& counts, std::int64_t id) {
    const auto found = counts.find(id);
    return found == counts.end() ? 0 : found->second;
  }

  store::Database& database_;
  const Truth& truth_;
  std::vector<std::string>& violations_;
};

}  // namespace

void check_promises(store::Database& database, const Truth& truth, const std::map<std::string, UnixMillis>& first_due,
                    UnixMillis now, Millis longest_run, std::vector<std::string>& violations) {
  Check check(database, truth, violations);
  check.starts(now);
  check.executions();
  for (const auto& [job, first] : first_due) check.accounts(job, first, now);
  check.stuck(now, longest_run);
}

LedgerCount count_ledger(store::Database& database) {
  LedgerCount ledger;
  for (const auto& row : database.query("SELECT state, SUM(fires) FROM fire GROUP BY state")) {
    const auto count = static_cast<std::uint64_t>(row.integer(1));
    ledger.fires += count;
    if (row.text(0) == store::fire::fired) ledger.started += count;
    if (row.text(0) == store::fire::late) ledger.late += count;
    if (row.text(0) == store::fire::missed) ledger.missed += count;
    if (row.text(0) == store::fire::skipped) ledger.skipped += count;
  }
  return ledger;
}

}  // namespace qd::simulation
