// Use cases on schedules: what is to come, what became of what was due, and who owns them.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "auth/identity.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "model/forecast.hpp"
#include "service/calendars.hpp"
#include "service/job_cache.hpp"
#include "store/execution_store.hpp"
#include "store/job_store.hpp"
#include "store/member_store.hpp"
#include "store/project_schedule_store.hpp"
#include "store/project_store.hpp"
#include "store/schedule_store.hpp"

namespace qd::service {

// From now to `until`, or, for the past, from `until` to now.
struct ForecastRequest {
  UnixMillis now = 0, until = 0;
  bool past = false;
  std::size_t max = 0;  // 0: no limit
  bool with_one_time = false;
};

struct Forecast {
  StoredJobPtr job;
  std::optional<std::string> owner;  // of its schedules, its own or a project's; nullopt: it has none
  // Earliest first; nullopt when neither a schedule that is on nor a run for later is there.
  std::optional<std::vector<UnixMillis>> fires;
  bool project_executions_off = false, project_schedules_off = false;
};

// What the ledger's rows name, for people.
struct LedgerPage {
  std::vector<store::FireRow> fires;  // latest due first
  bool more = false;
  std::map<std::string, store::JobSummary> jobs;  // by uuid; without those that are gone
  std::map<std::string, std::string> members;     // names by uuid
  std::map<std::int64_t, std::string> schedules;  // names of project schedules by id
};

// Thread-safe; blocks on the database.
class Schedules {
 public:
  struct Parts {
    store::Database& database;
    store::JobStore& jobs;
    store::ProjectStore& projects;
    store::ExecutionStore& executions;
    JobCache& cache;
    Calendars& calendars;
  };
  // Moves schedules to this member, for `by`. May be empty: then it is done in the database alone.
  using TakeOver =
      std::function<Result<store::ScheduleStore::Taken>(const store::TakeoverFilter&, const std::string& by)>;

  Schedules(const Parts& parts, std::string server_uuid, TakeOver take_over);

  Result<Forecast> forecast(const auth::Identity& who, const std::string& uuid, const ForecastRequest& request);
  // The member that owns the job's schedules; nullopt: it has none.
  std::optional<std::string> owner_of(const std::string& uuid);
  // Nothing when the schedule, the job or its project is switched off.
  std::optional<UnixMillis> next_execution(const store::StoredJob& stored, UnixMillis now);

  // Both of many jobs, read at once. By uuid; without jobs that have no schedule.
  struct Standing {
    std::string owner;
    std::optional<UnixMillis> next;
  };
  std::map<std::string, Standing> standings(const std::vector<store::StoredJob>& jobs, UnixMillis now);

  // Jobs whose schedules `server_uuid` owns, of all projects that `who` may see.
  Result<std::vector<store::JobSummary>> owned_jobs(const auth::Identity& who, const std::string& server_uuid);
  Result<store::ScheduleStore::Taken> take_over(const auth::Identity& who, const store::TakeoverFilter& filter);

  // Of a job, a project (both checked) or, without either, of all.
  Result<LedgerPage> ledger(const auth::Identity& who, store::FireQuery query);

 private:
  struct Toggles {
    bool executions_off = false, schedules_off = false;
  };
  Toggles toggles_of(const std::string& project);
  std::vector<model::PlannedSchedule> plan(const std::vector<store::ScheduleRow>& rows);
  std::optional<UnixMillis> next_of(const model::Job& job, const std::vector<store::ScheduleRow>& rows,
                                    const Toggles& toggles, UnixMillis now);
  std::optional<UnixMillis> one_time_run(const model::Job& job);
  Result<> check_ledger(const auth::Identity& who, const store::FireQuery& query);

  Parts parts_;
  store::ScheduleStore schedules_;
  store::ProjectScheduleStore project_schedules_;
  store::MemberStore members_;
  std::string server_uuid_;
  TakeOver take_over_;
};

}  // namespace qd::service
