// The part of ScheduleStore that assigns project schedules to jobs.
#include <algorithm>

#include "model/schedule_rules.hpp"
#include "store/schedule_store.hpp"

namespace qd::store {
namespace {

// These two take the job's row lock first, as saving the job does.
constexpr const char* mark_job_scheduled = "UPDATE job SET scheduled = 1 WHERE uuid = ? AND project = ?";
constexpr const char* lock_scheduled_job = "UPDATE job SET scheduled = scheduled WHERE uuid = ?";
constexpr const char* select_job_toggles = "SELECT schedule_enabled, execution_enabled FROM job WHERE uuid = ?";
constexpr const char* mark_job_by_schedules =
    "UPDATE job SET scheduled = CASE WHEN EXISTS (SELECT 1 FROM schedule WHERE job_uuid = ?) THEN 1 ELSE 0 END WHERE "
    "uuid = ?";
constexpr const char* insert_assignment =
    "INSERT INTO schedule (job_uuid, source, project, name, expression, zone, arg_string, missed_policy, server_uuid, "
    "next_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr const char* update_assignment =
    "UPDATE schedule SET name = ?, expression = ?, zone = ?, arg_string = ?, missed_policy = ?, next_ms = ? WHERE id = "
    "?";
constexpr const char* delete_assignment = "DELETE FROM schedule WHERE id = ?";

bool job_is_on(Session& session, const std::string& job_uuid) {
  const auto toggles = session.query(select_job_toggles, {job_uuid}).at(0);
  return toggles.truth(0) && toggles.truth(1);
}

Value next_fire(const ScheduleRow& row, bool enabled, UnixMillis now) {
  if (!enabled) return nullptr;
  const auto timing = model::Timing::parse(row.expression, row.zone);
  const auto next = timing ? timing->next(now) : std::nullopt;
  return next ? Value(*next) : Value(nullptr);
}

auto with_source(const std::vector<ScheduleRow>& rows, std::int64_t source) {
  return std::find_if(rows.begin(), rows.end(), [&](const ScheduleRow& row) { return row.source == source; });
}

}  // namespace

bool ScheduleStore::assign(Session& session, const ScheduleRow& row, UnixMillis now) {
  if (session.execute(mark_job_scheduled, {row.job_uuid, row.project}) == 0) return false;
  const bool enabled = job_is_on(session, row.job_uuid);
  const auto rows = of_job(session, row.job_uuid);
  const auto old = with_source(rows, row.source);
  if (old == rows.end()) {
    const std::string& owner = rows.empty() ? row.server_uuid : rows.front().server_uuid;
    session.execute(insert_assignment, {row.job_uuid, row.source, row.project, row.name, row.expression, row.zone,
                                        row.arg_string, row.missed_policy, owner, next_fire(row, enabled, now)});
    return true;
  }
  // What did not change goes on from where it is: a fire that is due right now is not swallowed.
  const bool same = row.expression == old->expression && row.zone == old->zone && enabled == old->next.has_value();
  if (!same) settle_overdue(session, *old, "the project schedule was changed before this fire was claimed", now);
  const auto next = !same ? next_fire(row, enabled, now) : old->next ? Value(*old->next) : Value(nullptr);
  session.execute(update_assignment,
                  {row.name, row.expression, row.zone, row.arg_string, row.missed_policy, next, old->id});
  return true;
}

bool ScheduleStore::unassign(Session& session, const std::string& job_uuid, std::int64_t source, UnixMillis now) {
  session.execute(lock_scheduled_job, {job_uuid});
  const auto rows = of_job(session, job_uuid);
  const auto old = with_source(rows, source);
  if (old == rows.end()) return false;
  settle_overdue(session, *old, "the project schedule was taken from the job before this fire was claimed", now);
  session.execute(delete_assignment, {old->id});
  session.execute(mark_job_by_schedules, {job_uuid, job_uuid});
  return true;
}

}  // namespace qd::store
