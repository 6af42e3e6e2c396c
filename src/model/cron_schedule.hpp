// What a job's schedule means: its cron expression and its time zone, checked.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "model/cron.hpp"
#include "model/job.hpp"
#include "model/time_zone.hpp"

namespace qd::model {

struct CronSchedule {
  Cron cron;
  TimeZone zone;

  std::optional<UnixMillis> next(UnixMillis after) const { return cron.next(after, zone); }
};

// A schedule in either form (crontab or parts), in `time_zone` ("" is the server's). Errors are those of Cron::parse
// and TimeZone::find.
Result<CronSchedule> read_schedule(const Schedule& schedule, std::string_view time_zone);

// The same, and an error of kind `invalid` when it does not fire after `now` any more.
Result<CronSchedule> read_live_schedule(const Schedule& schedule, std::string_view time_zone, UnixMillis now);

}  // namespace qd::model
