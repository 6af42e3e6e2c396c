#include "model/schedule_rules.hpp"

#include "base/json.hpp"

namespace qd::model {

Result<Timing> Timing::parse(const std::string& expression, const std::string& zone) {
  auto cron = Cron::parse(expression);
  if (!cron) return fail(cron.error());
  auto found = TimeZone::find(zone);
  if (!found) return fail(found.error());
  return Timing(std::move(*cron), std::move(*found));
}

std::string missed_policy(const Job& job) {
  const Json* policy = find(job.extra, "missedFires");
  const auto text = policy == nullptr ? std::string() : scalar_text(*policy).value_or("");
  return text == "once" || text == "all" ? text : "skip";
}

}  // namespace qd::model
