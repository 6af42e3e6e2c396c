// When a job is due: its expression and its zone together, and what its policy says of fires that were missed.
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "model/cron.hpp"
#include "model/job.hpp"
#include "model/time_zone.hpp"

namespace qd::model {

class Timing {
 public:
  // `zone` "" is the server's.
  static Result<Timing> parse(const std::string& expression, const std::string& zone);
  std::optional<UnixMillis> next(UnixMillis after) const { return cron_.next(after, zone_); }

 private:
  Timing(Cron cron, TimeZone zone) : cron_(std::move(cron)), zone_(std::move(zone)) {}
  Cron cron_;
  TimeZone zone_;
};

// Field `missedFires` of a job (ours): "skip" (default) only records them, "once" runs the latest one now, "all" runs
// each of them.
std::string missed_policy(const Job& job);

}  // namespace qd::model
