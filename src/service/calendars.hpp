// Use cases on calendars, and the answer to "does a calendar forbid this fire?".
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "auth/identity.hpp"
#include "base/clock.hpp"
#include "base/guarded.hpp"
#include "base/result.hpp"
#include "model/calendar.hpp"
#include "store/calendar_store.hpp"
#include "store/job_store.hpp"
#include "store/project_store.hpp"
#include "store/schedule_store.hpp"

namespace qd::service {

// Thread-safe; blocks on the database. Project "" means the calendars of the system.
class Calendars {
 public:
  Calendars(store::CalendarStore& calendars, store::ProjectStore& projects, store::JobStore& jobs, const Clock& clock,
            bool enabled)
      : calendars_(calendars), projects_(projects), jobs_(jobs), clock_(clock), enabled_(enabled) {}

  Result<std::vector<model::Calendar>> list(const auth::Identity& who, const std::string& project);
  // Updates the one with this id, or makes a new one.
  Result<model::Calendar> save(const auth::Identity& who, const std::string& project, model::Calendar calendar);
  Result<> remove(const auth::Identity& who, const std::string& project, std::int64_t id);

  // The calendars of a project as a JSON file; "" when it has none. On nobody's behalf.
  std::string export_text(const std::string& project);
  // Calendars with a name that the project has are changed, others made. Jobs are found by uuid, else by group and
  // name. What went wrong, for people.
  std::vector<std::string> import_text(const auth::Identity& who, const std::string& project, std::string_view text);

  // Those that apply to a job; none when calendars are switched off. Kept: changes made by other members are noticed
  // within a second.
  std::vector<model::Calendar> of_job(const std::string& project, const std::string& job_uuid);
  // Why the fire may not run; "" when it may.
  std::string excluded(const store::ScheduleRow& schedule, UnixMillis due);

 private:
  using All = std::shared_ptr<const std::vector<model::Calendar>>;
  struct Kept {
    All calendars;
    std::int64_t version = -1;
    UnixMillis checked = 0;
  };
  All all();
  Result<> check(const auth::Identity& who, const std::string& project, const std::string& action);
  Result<> check_uses(model::Calendar& calendar);
  // Leaves out jobs that are not there; says so.
  void find_jobs(model::Calendar& calendar, std::vector<std::string>& problems);

  store::CalendarStore& calendars_;
  store::ProjectStore& projects_;
  store::JobStore& jobs_;
  const Clock& clock_;
  const bool enabled_;
  base::Guarded<Kept> kept_;
};

}  // namespace qd::service
