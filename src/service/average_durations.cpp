#include "service/average_durations.hpp"

namespace qd::service {
namespace {

constexpr UnixMillis known_for = 3000;
constexpr std::size_t known_max = 10'000;

}  // namespace

std::optional<UnixMillis> AverageDurations::known(const std::string& job_uuid, UnixMillis now) const {
  return known_.with([&](const auto& all) -> std::optional<UnixMillis> {
    const auto found = all.find(job_uuid);
    if (found == all.end() || now - found->second.at >= known_for) return std::nullopt;
    return found->second.average;
  });
}

std::optional<UnixMillis> AverageDurations::learn(const std::string& job_uuid, const store::RecentDurations& recent,
                                                  UnixMillis now) {
  const auto average = recent.average();
  if (recent.count < store::ExecutionStore::recent_runs) return average;
  known_.with([&](auto& all) {
    if (all.size() >= known_max) all.clear();
    all.insert_or_assign(job_uuid, Known{*average, now});
  });
  return average;
}

std::optional<UnixMillis> AverageDurations::of(const std::string& job_uuid) {
  const UnixMillis now = clock_.now();
  if (const auto average = known(job_uuid, now)) return average;
  return learn(job_uuid, executions_.recent_durations(job_uuid), now);
}

std::map<std::string, UnixMillis> AverageDurations::of(const std::vector<std::string>& job_uuids) {
  const UnixMillis now = clock_.now();
  std::map<std::string, UnixMillis> averages;
  std::vector<std::string> unknown;
  for (const std::string& job : job_uuids) {
    if (const auto average = known(job, now))
      averages[job] = *average;
    else
      unknown.push_back(job);
  }
  for (const auto& [job, recent] : executions_.recent_durations(unknown)) {
    if (const auto average = learn(job, recent, now)) averages[job] = *average;
  }
  return averages;
}

}  // namespace qd::service
