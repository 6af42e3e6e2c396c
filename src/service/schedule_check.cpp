#include "service/schedule_check.hpp"

#include "codec/job_codec.hpp"
#include "model/cron_schedule.hpp"

namespace qd::service {

Result<ScheduleCheck> check_schedule(const Json& schedule, const std::string& zone, UnixMillis now, std::size_t max) {
  // The codec reads whole jobs only: this one does nothing.
  JsonObject document{{"name", "schedule"},
                      {"sequence", JsonObject{{"commands", JsonArray{JsonObject{{"exec", "true"}}}}}},
                      {"schedule", schedule.is_string() ? Json(JsonObject{{"crontab", schedule}}) : schedule}};
  const auto job = codec::job_from_json(document);
  if (!job) return fail(job.error());
  if (!job->schedule) return fail(ErrorKind::invalid, "There is no schedule.");
  const auto read = model::read_live_schedule(*job->schedule, zone, now);
  if (!read) return fail(read.error());
  ScheduleCheck check{job->schedule->expression(), {}};
  auto next = read->next(now);
  while (next && check.times.size() < max) {
    check.times.push_back(*next);
    next = read->next(*next);
  }
  return check;
}

}  // namespace qd::service
