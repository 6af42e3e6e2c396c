#include "api/brief_jobs.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/text.hpp"

namespace qd::api {
namespace {

constexpr std::size_t kDigits = 12;  // of a number in a name: filled up with zeros, numbers compare as texts

std::string reading_order(const std::string& name) {
  std::string key;
  for (std::size_t at = 0; at < name.size();) {
    const std::size_t end = std::min(name.find_first_not_of("0123456789", at), name.size());
    if (end > at && end - at < kDigits) key.append(kDigits - (end - at), '0');
    const std::size_t next = end > at ? end : at + 1;
    key.append(name, at, next - at);
    at = next;
  }
  return base::lower(key);
}

struct Entry {
  std::string name, group;  // as they are ordered
  store::JobSummary* job;
};

}  // namespace

JsonObject brief_jobs_json(std::vector<store::JobSummary> jobs) {
  std::map<std::string, std::string> group_keys;
  for (const store::JobSummary& job : jobs)
    if (!group_keys.contains(job.group)) group_keys[job.group] = reading_order(job.group);
  std::vector<Entry> entries;
  entries.reserve(jobs.size());
  for (store::JobSummary& job : jobs) entries.push_back({reading_order(job.name), group_keys[job.group], &job});
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.name, a.group, a.job->uuid) < std::tie(b.name, b.group, b.job->uuid);
  });
  JsonArray groups, rows;
  rows.reserve(entries.size());
  std::map<std::string, std::size_t> places;
  for (const Entry& entry : entries) {
    const store::JobSummary& job = *entry.job;
    const auto [place, is_new] = places.try_emplace(job.group, groups.size());
    if (is_new) groups.emplace_back(job.group);
    rows.push_back(JsonArray{job.uuid, job.name, place->second, job.description, job.scheduled, job.schedule_enabled,
                             job.execution_enabled});
  }
  return {{"groups", std::move(groups)}, {"jobs", std::move(rows)}};
}

}  // namespace qd::api
