// Executions: rows, queries, and the few conditional statements by which their status changes.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "model/execution.hpp"
#include "store/database.hpp"
#include "store/delivery_store.hpp"
#include "store/execution_counts.hpp"
#include "store/place_version.hpp"

namespace qd::store {

// Every field narrows; empty and nullopt mean "any". Times are inclusive. Source: "Execution Query" of the API.
struct ExecutionQuery {
  std::string project = {};                // "" or "*": all projects
  std::vector<std::string> projects = {};  // restricts to these when not empty (what the caller may see)
  // "running", "succeeded", "failed", "aborted", "timedout", "failed-with-retry", "scheduled", "queued", "missed",
  // "incomplete", or a custom text.
  std::vector<std::string> statuses = {};
  bool running_only = false;    // running, queued and scheduled-in-the-past excluded: status = running
  std::string user = {};        // userFilter
  std::string aborted_by = {};  // abortedbyFilter
  std::vector<std::string> job_uuids = {}, exclude_job_uuids = {};  // jobIdListFilter
  std::vector<std::string> job_paths = {}, exclude_job_paths = {};  // jobListFilter: "group/name"
  std::string group_part = {}, group_exact = {}, exclude_group_part = {},
              exclude_group_exact = {};                                                      // "-": top level (exact)
  std::string job_part = {}, job_exact = {}, exclude_job_part = {}, exclude_job_exact = {};  // by name
  std::optional<bool> ad_hoc = {};                                                           // adhoc=true/false
  std::string type = {};                                                                     // executionTypeFilter
  std::string node = {};  // nodeFilter of history queries: ran on this node
  std::string server_uuid = {};
  std::optional<UnixMillis> started_after = {}, started_before = {}, ended_after = {}, ended_before = {};
  bool finished_only = false;  // history: whatever has ended
  std::size_t offset = 0;
  std::size_t max = 20;
};
// Any exclude… job filter also drops ad-hoc executions.

struct ExecutionPage {
  std::vector<model::Execution> executions;  // newest start first, then highest id
  std::int64_t total = 0;                    // of all pages
};

// How an execution ended.
struct ExecutionOutcome {
  std::string status = {};
  UnixMillis ended = 0;
  std::vector<std::string> succeeded_nodes = {}, failed_nodes = {};
  std::string aborted_by = {}, abort_reason = {};
  std::int64_t log_size = 0;
  std::string state = {};                 // final step × node state, JSON text
  std::vector<Delivery> deliveries = {};  // who is told of it; stored when the outcome is
};

// Narrows what waits.
struct QueueFilter {
  bool for_any = true;  // false: only for this member
  std::set<std::string> without_jobs = {};
  std::optional<std::pair<UnixMillis, model::ExecutionId>> after = {};  // time and id of the last one that was seen
};

struct ExecutionMetrics {
  std::int64_t total = 0;
  std::map<std::string, std::int64_t> by_status;
  std::int64_t duration_count = 0;
  UnixMillis duration_sum = 0, duration_min = 0, duration_max = 0;
};

// How many executions of a project and a user ended alike; a status that a step made up is `other`.
struct ExecutionTally {
  std::string project, user, status;
  std::int64_t count = 0;
};

struct RecentDurations {
  std::int64_t count = 0;
  UnixMillis sum = 0;
  std::optional<UnixMillis> average() const { return count == 0 ? std::nullopt : std::optional(sum / count); }
};

// How often a job has ended.
struct JobHistory {
  std::int64_t ended = 0, succeeded = 0;
};

// Thread-safe.
class ExecutionStore {
 public:
  static constexpr std::int64_t recent_runs = 100;

  // Totals of lists are remembered from `remember_from` rows on: see ExecutionCounts.
  explicit ExecutionStore(Database& database, std::int64_t remember_from = ExecutionCounts::default_remember_from);

  // Inserts a row (id is ignored) and returns its id. Lists sort it by `started`, or `scheduled_for` until it has
  // started: give one of the two.
  model::ExecutionId create(const model::Execution& execution);
  // The same, unless `limit` executions of its job are running already: then nullopt. Holds across members. One
  // statement. Only for executions that start running at once; others are created without looking at the limit.
  std::optional<model::ExecutionId> create_within_limit(const model::Execution& execution, std::int64_t limit);

  // The same as parts of the caller's transaction.
  static model::ExecutionId create(Session& session, const model::Execution& execution);
  static std::optional<model::ExecutionId> create_within_limit(Session& session, const model::Execution& execution,
                                                               std::int64_t limit);

  struct Start {
    const model::Incarnation& life;
    const model::Execution& execution;
    const PlaceVersion* unchanged = nullptr;  // only if its job and project are still these
  };
  // Inserts all of them, or, when it throws, none; the id of each, 0 when its life is over, as a member that was
  // declared dead starts nothing any more, or when its job has changed. One exchange with the database where it can.
  static std::vector<model::ExecutionId> create_all(Database& database, const std::vector<Start>& starts);

  static bool is_unchanged(Session& session, const std::string& job_uuid, const PlaceVersion& version);

  // Deletes a row that this transaction made.
  static void withdraw(Session& session, model::ExecutionId id);
  static std::int64_t count_running(Session& session, const std::string& job_uuid);
  static std::int64_t count_queued(Session& session, const std::string& job_uuid);

  std::optional<model::Execution> find(model::ExecutionId id);
  std::optional<model::Execution> find_unfinished(const std::string& uuid);  // queued, scheduled or running
  std::vector<model::Execution> find_many(const std::vector<model::ExecutionId>& ids);
  // Lists come without `ad_hoc`, the workflow, which is large; find() and find_many() give it.
  ExecutionPage query(const ExecutionQuery& query);
  ExecutionMetrics metrics(const ExecutionQuery& query);
  std::vector<ExecutionTally> tallies(const ExecutionQuery& query);
  // Executions with status `queued` that wait for this member, or for any, oldest first.
  std::vector<model::Execution> queued(const std::string& server_uuid, std::size_t max, const QueueFilter& filter = {});
  // Gives an execution that is still queued for `from` to another member; false when it is not.
  bool reassign(model::ExecutionId id, const std::string& from, const std::string& to);
  // Executions with status `scheduled` whose time has come, oldest first; of this member, or of nobody when "".
  std::vector<model::Execution> due(UnixMillis now, std::size_t max);

  // scheduled|queued → running; false when it is not in that state any more (another took it, or it was aborted), or
  // when this incarnation was declared dead.
  bool start(model::ExecutionId id, UnixMillis now, const std::string& server_uuid, std::int64_t incarnation);
  // The same, unless `limit` executions of its job are running already. Holds across members.
  bool start_within_limit(model::ExecutionId id, UnixMillis now, const std::string& server_uuid,
                          std::int64_t incarnation, std::int64_t limit);
  // running → final. The WHERE names the incarnation: false when this member is no longer the one that runs it.
  bool finish(model::ExecutionId id, const std::string& server_uuid, std::int64_t incarnation,
              const ExecutionOutcome& outcome);
  static bool finish(Session& session, model::ExecutionId id, const std::string& server_uuid, std::int64_t incarnation,
                     const ExecutionOutcome& outcome);
  struct Ending {
    const model::Execution& execution;  // id and owner
    const ExecutionOutcome& outcome;
  };
  // All of them, or, when it throws, none.
  static std::vector<bool> finish_all(Database& database, const std::vector<Ending>& endings);
  // scheduled|queued → aborted, before it ever ran. False when it was not waiting.
  bool cancel_waiting(model::ExecutionId id, const std::string& by, UnixMillis now);
  // Running executions of earlier incarnations of this member, closed as `incomplete`; returns how many.
  std::int64_t close_orphans(const std::string& server_uuid, std::int64_t incarnation, UnixMillis now);
  void set_retried_as(model::ExecutionId id, model::ExecutionId retry);
  // The same in the caller's transaction; false when it does not run under its incarnation any more.
  static bool set_retried_as(Session& session, const model::Execution& execution, model::ExecutionId retry);
  // The same, whatever became of it.
  static void link_retry(Session& session, model::ExecutionId id, model::ExecutionId retry);
  // Locks a row that runs under its incarnation; false when it does not any more.
  static bool hold_ours(Session& session, const model::Execution& execution);
  // Names, state and log path of a running execution change together in batches.
  bool save_progress(model::ExecutionId id, const std::string& server_uuid, std::int64_t incarnation,
                     const std::string& state);
  std::optional<std::string> state(model::ExecutionId id);  // JSON text; nullopt: no such execution; "" none yet

  bool remove(model::ExecutionId id);  // false: no such execution, or it is running
  std::vector<model::ExecutionId> ids_of_job(const std::string& job_uuid);
  // Of the job's last `recent_runs` succeeded runs.
  RecentDurations recent_durations(const std::string& job_uuid);
  // The same of many jobs, by uuid, in few statements.
  std::map<std::string, RecentDurations> recent_durations(const std::vector<std::string>& job_uuids);
  // By uuid; jobs that never ended are left out.
  std::map<std::string, JobHistory> histories(const std::vector<std::string>& job_uuids);
  std::int64_t count_running(const std::string& job_uuid);
  std::int64_t count(const std::string& project);

 private:
  Database& database_;
  ExecutionCounts counts_;
};

}  // namespace qd::store
