#include "service/average_durations.hpp"

namespace qd::service {
namespace {

constexpr UnixMillis known_for = 3000;
constexpr std::size_t known_max = 10'000;

}  // namespace

std::optional<UnixMillis> AverageDurations::of(const std::string& job_uuid) {
  const UnixMillis now = clock_.now();
  const auto known = known_.with([&](const auto& all) -> std::optional<UnixMillis> {
    const auto found = all.find(job_uuid);
    if (found == all.end() || now - found->second.at >= known_for) return std::nullopt;
    return found->second.average;
  });
  if (known) return known;
  const auto recent = executions_.recent_durations(job_uuid);
  const auto average = recent.average();
  if (recent.count < store::ExecutionStore::recent_runs) return average;
  known_.with([&](auto& all) {
    if (all.size() >= known_max) all.clear();
    all.insert_or_assign(job_uuid, Known{*average, now});
  });
  return average;
}

}  // namespace qd::service
