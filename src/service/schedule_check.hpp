// What a schedule that somebody is writing means, before it is saved. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "base/result.hpp"

namespace qd::service {

struct ScheduleCheck {
  std::string expression;         // of Quartz, with six or seven fields
  std::vector<UnixMillis> times;  // the next fires, earliest first
};

// `schedule` as a job's document has it, or a cron expression as a text; `zone` "" is the server's. The error says what
// is wrong with it, or that it never fires again.
Result<ScheduleCheck> check_schedule(const Json& schedule, const std::string& zone, UnixMillis now, std::size_t max);

}  // namespace qd::service
