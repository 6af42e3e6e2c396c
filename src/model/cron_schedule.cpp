#include "model/cron_schedule.hpp"

namespace qd::model {

Result<CronSchedule> read_schedule(const Schedule& schedule, std::string_view time_zone) {
  auto cron = Cron::parse(schedule.expression());
  if (!cron) return fail(cron.error());
  auto zone = TimeZone::find(time_zone);
  if (!zone) return fail(zone.error());
  return CronSchedule{std::move(*cron), std::move(*zone)};
}

Result<CronSchedule> read_live_schedule(const Schedule& schedule, std::string_view time_zone, UnixMillis now) {
  auto read = read_schedule(schedule, time_zone);
  if (read && !read->next(now)) {
    return fail(ErrorKind::invalid, "cron expression \"" + read->cron.text() +
                                        "\" will never fire again, as its last time is over; correct its year field "
                                        "or remove the schedule");
  }
  return read;
}

}  // namespace qd::model
