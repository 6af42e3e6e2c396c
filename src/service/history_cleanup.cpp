#include "service/history_cleanup.hpp"

#include <utility>

#include "base/logging.hpp"
#include "base/text.hpp"
#include "model/time_zone.hpp"

namespace qd::service {
namespace {

constexpr const char* kCleanupPrefix = "project.execution.history.cleanup.";
constexpr Millis kBetweenLooks{5'000};
constexpr UnixMillis kDay = 86'400'000;
constexpr std::int64_t kMostDays = 36'500;
constexpr std::int64_t kMostAtOnce = 100'000;

}  // namespace

Result<CleanupRules> cleanup_rules(const model::Project& project) {
  CleanupRules rules;
  rules.enabled = base::parse_bool(project.get(std::string(kCleanupPrefix) + "enabled")).value_or(false);
  if (!rules.enabled) return rules;
  struct Number {
    const char* name;
    std::int64_t* into;
    std::int64_t least, most;
  };
  for (const auto& [name, into, least, most] :
       {Number{"retention.days", &rules.days, 0, kMostDays}, Number{"retention.minimum", &rules.keep, 0, INT64_MAX},
        Number{"batch", &rules.batch, 1, kMostAtOnce}}) {
    const auto key = std::string(kCleanupPrefix) + name;
    const auto text = project.get(key);
    if (base::trim(text).empty()) continue;
    const auto number = base::parse_int(base::trim(text));
    if (!number || *number < least || *number > most)
      return fail(ErrorKind::invalid, key + ": '" + text + "': expected a whole number from " + std::to_string(least));
    *into = *number;
  }
  const auto schedule = std::string(base::trim(project.get(std::string(kCleanupPrefix) + "schedule")));
  if (!schedule.empty()) rules.schedule = schedule;
  return rules;
}

HistoryCleanup::HistoryCleanup(store::Database& database, store::ProjectStore& projects, Executions& executions)
    : database_(database), history_(database), projects_(projects), executions_(executions), thread_("history", [this] {
        return look();
      }) {}

Millis HistoryCleanup::look() {
  try {
    const auto now = database_.now();
    if (looked_ > 0) clean_due(looked_, now);
    looked_ = now;
  } catch (const std::exception& error) {
    base::log_debug("history", std::string("old executions wait: ") + error.what());
  }
  return kBetweenLooks;
}

void HistoryCleanup::clean_due(UnixMillis since, UnixMillis now) {
  for (const auto& project : projects_.list()) {
    const auto rules = cleanup_rules(project);
    if (rules && !rules->enabled) continue;
    const auto zone = model::TimeZone::find("");
    const auto cron = rules ? model::Cron::parse(rules->schedule) : Result<model::Cron>(fail(rules.error()));
    if (!cron || !zone) {
      const auto& why = cron ? zone.error().message : cron.error().message;
      if (std::exchange(warned_[project.name], why) != why)
        base::log_warn("history", "project " + project.name + " is not cleaned: " + why);
      continue;
    }
    const auto due = cron->next(since, *zone);
    if (!due || *due > now) continue;
    if (!history_.claim_cleaning(project.name, *due)) continue;  // another member's
    clean(project.name, *rules);
  }
}

std::size_t HistoryCleanup::clean(const std::string& project, const CleanupRules& rules) {
  const auto before = database_.now() - rules.days * kDay;
  const auto old = history_.old_executions(project, before, rules.keep, rules.batch);
  std::size_t deleted = 0;
  for (const auto& execution : old) {
    if (thread_.stopping()) break;
    if (executions_.erase(execution)) ++deleted;
  }
  if (!old.empty()) {
    base::log_info("history", "project " + project + ": " + std::to_string(deleted) + " executions that ended before " +
                                  iso8601(before) + " were deleted; at least " + std::to_string(rules.keep) + " stay");
  }
  return deleted;
}

}  // namespace qd::service
