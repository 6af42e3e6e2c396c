// What clients ask before they offer something: the switches "rundeck.feature.NAME.enabled", and the summary of a home
// page.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "api/answers.hpp"
#include "api/route.hpp"
#include "service/access.hpp"

namespace qd::api {
namespace {

constexpr std::string_view kPrefix = "rundeck.feature.";
constexpr std::string_view kSuffix = ".enabled";
constexpr UnixMillis kDay = 24LL * 60 * 60 * 1000;

// Always there, whatever the configuration says; names of the peer's features.
constexpr std::array<std::string_view, 12> kAlways{
    "cleanExecutionsHistoryJob", "eventStore",          "executionLifecyclePlugin", "fileUploadPlugin",
    "jobLifecyclePlugin",        "multilineJobOptions", "notificationsOwnThread",   "pluginGroups",
    "projectKeyStorage",         "projectSchedules",    "publicKeysDownload",       "webhooks"};

std::map<std::string, bool> features(const Services& services) {
  std::map<std::string, bool> found;
  for (const service::ConfigEntry& entry : services.system.config()) {
    const std::string_view key = entry.key;
    if (!key.starts_with(kPrefix) || !key.ends_with(kSuffix)) continue;
    const std::string_view name = key.substr(kPrefix.size(), key.size() - kPrefix.size() - kSuffix.size());
    found[std::string(name)] = entry.value == "true";
  }
  for (const std::string_view name : kAlways) found[std::string(name)] = true;
  return found;
}

JsonObject feature_json(const std::string& name, bool enabled) {
  return {{"name", name}, {"enabled", enabled}};
}

http::Response list_features(Call& call) {
  JsonArray list;
  for (const auto& [name, enabled] : features(call.services)) list.push_back(feature_json(name, enabled));
  return json_answer(list);
}

// A name that nobody knows is a feature that is off.
http::Response get_feature(Call& call) {
  const auto known = features(call.services);
  const auto found = known.find(call.param("name"));
  return json_answer(feature_json(call.param("name"), found != known.end() && found->second));
}

JsonArray names(const std::set<std::string>& set) {
  JsonArray list;
  for (const std::string& name : set) list.emplace_back(name);
  return list;
}

// Of the last day, in the projects that whoever asks may see; and of each project how its executions ended.
http::Response home_summary(Call& call) {
  store::ExecutionQuery query;
  query.ended_after = call.services.clock.now() - kDay;
  query.finished_only = true;
  const auto tallies = call.services.executions.tallies(call.who, query);
  if (!tallies) return error_answer(tallies.error());
  std::int64_t total = 0, succeeded = 0;
  std::set<std::string> users, projects;
  std::map<std::string, std::map<std::string, std::int64_t>> ends;
  for (const store::ExecutionTally& tally : *tallies) {
    total += tally.count;
    if (tally.status == model::status::succeeded) succeeded += tally.count;
    users.insert(tally.user);
    projects.insert(tally.project);
    ends[tally.project][tally.status] += tally.count;
  }
  JsonArray by_project;
  for (const auto& [project, statuses] : ends) {
    JsonObject counts;
    for (const auto& [status, count] : statuses) counts[status] = count;
    by_project.push_back(JsonObject{{"project", project}, {"statuses", std::move(counts)}});
  }
  return json_answer(JsonObject{{"execCount", total},
                                {"totalFailedCount", total - succeeded},
                                {"recentUsers", names(users)},
                                {"recentProjects", names(projects)},
                                {"projects", std::move(by_project)},
                                {"frameworkNodeName", call.services.system.member().node_name}});
}

}  // namespace

const std::vector<Route>& feature_routes() {
  static const std::vector<Route> kRoutes{
      {"GET", "feature", 42, kLogin, list_features},
      {"GET", "feature/{name}", 42, kLogin, get_feature},
      {"GET", "home/summary", 45, kLogin, home_summary},
  };
  return kRoutes;
}

}  // namespace qd::api
