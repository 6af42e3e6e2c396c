// Schedules: one row each, with its owner and its next fire; and the ledger, one row for each fire that was due.
//
// A fire is claimed by inserting its ledger row, in the transaction that makes its execution: the key (job, due time)
// lets one member do so, and every other gets nothing. All times are the database's.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/job.hpp"
#include "model/member.hpp"
#include "store/database.hpp"

namespace qd::store {

struct ScheduleRow {
  std::int64_t id = 0;
  std::string job_uuid;
  std::int64_t source = 0;  // 0: the job's own; else the id of a project schedule
  std::string project;
  std::string name;  // of the project schedule
  std::string expression, zone;
  std::string arg_string;              // options for fires of a project schedule
  std::string missed_policy = "skip";  // skip, once, all
  std::string server_uuid;             // owner
  std::optional<UnixMillis> next, last;
  std::int64_t job_revision = 0;  // of its job, now; only due() fills it
};

// What became of a fire.
namespace fire {
inline constexpr const char* fired = "fired";      // ran in time
inline constexpr const char* late = "late";        // ran, later than a fire should
inline constexpr const char* missed = "missed";    // nobody ran it in time
inline constexpr const char* skipped = "skipped";  // was due and was not run on purpose: see the reason
}  // namespace fire

struct FireRow {
  std::string job_uuid;
  UnixMillis due = 0;
  std::string project;
  std::int64_t source = 0;
  std::string state = fire::fired;
  std::string reason;      // for people
  std::int64_t fires = 1;  // how many this row stands for: the last row of many missed ones counts the rest
  UnixMillis claimed = 0;
  model::Incarnation by;   // who claimed it
  std::string owner_uuid;  // whose schedule it was then
  std::optional<std::int64_t> execution;
};

struct FireQuery {
  std::string project = {}, job_uuid = {}, state = {}, server_uuid = {};
  std::optional<UnixMillis> from = {}, until = {};  // due, inclusive
  std::size_t offset = 0;
  std::size_t max = 100;
};

struct TakeoverFilter {
  std::optional<std::string> from_server;  // nullopt: from all
  std::string project;                     // "": of all
  std::vector<std::string> jobs;           // empty: all
};
struct TakenJob {
  std::string uuid, project, previous_owner;
};

// Thread-safe. The functions that take a Session are part of the caller's transaction.
class ScheduleStore {
 public:
  explicit ScheduleStore(Database& database);

  // Due schedules of an owner, earliest first.
  std::vector<ScheduleRow> due(const std::string& server_uuid, UnixMillis now, std::size_t max);
  // The earliest next fire of an owner.
  std::optional<UnixMillis> next_due(const std::string& server_uuid);
  std::vector<ScheduleRow> of_job(const std::string& job_uuid);
  std::map<std::string, std::vector<ScheduleRow>> of_jobs(const std::vector<std::string>& job_uuids);  // by job
  std::int64_t count(const std::string& server_uuid);
  std::map<std::string, std::int64_t> count_by_owner();

  // False when the row is there already: somebody else has this fire.
  static bool claim(Session& session, const FireRow& row);
  // Moves a schedule from the fire that is being settled to its next one. False when it is not at that fire any more:
  // somebody else settles it, and the caller may claim nothing of it.
  static bool advance(Session& session, std::int64_t id, UnixMillis settled, std::optional<UnixMillis> next);
  // Locks the row of a live incarnation until the transaction ends; false when it was declared dead or left: then
  // nothing may be claimed.
  static bool hold_alive(Session& session, const model::Incarnation& member);

  // Writes a job's own schedule as its definition says, from `now` on; the rows of its project schedules follow its
  // toggles and its owner. What was due and not claimed yet is recorded as missed.
  static void write(Session& session, const model::Job& job, const std::string& server_uuid, UnixMillis now);
  static void remove(Session& session, const std::string& job_uuid);

  // Assigns project schedule `row.source` to a job of its project, or brings the assignment up to date; ids and times
  // of `row` are not looked at. A job that had no schedule yet gets the owner `row.server_uuid`, others keep theirs.
  // False: no such job.
  static bool assign(Session& session, const ScheduleRow& row, UnixMillis now);
  static bool unassign(Session& session, const std::string& job_uuid, std::int64_t source, UnixMillis now);

  // The member that owns the schedules of a job; nullopt: it has none.
  static std::optional<std::string> owner(Session& session, const std::string& job_uuid);

  // Moves schedules to another member. Jobs are left alone: their lists read the owner here. Set-based, idempotent:
  // what it owns already is left out. Answers with at most `max_listed` jobs; `total` counts all.
  struct Taken {
    std::int64_t total = 0;  // jobs
    std::vector<TakenJob> jobs;
  };
  Taken take_over(const TakeoverFilter& filter, const std::string& to, std::size_t max_listed);
  static std::int64_t take_over(Session& session, const TakeoverFilter& filter, const std::string& to);

  std::vector<FireRow> fires(const FireQuery& query);  // latest due first
  std::int64_t prune(UnixMillis before, std::size_t max);

 private:
  static std::vector<ScheduleRow> of_job(Session& session, const std::string& job_uuid);
  // What was due before a change made it void is not forgotten: its ledger row says `reason`.
  static void settle_overdue(Session& session, const ScheduleRow& old, const std::string& reason, UnixMillis now);

  Database& database_;
};

}  // namespace qd::store
