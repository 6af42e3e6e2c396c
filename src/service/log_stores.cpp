#include "service/log_stores.hpp"

#include <filesystem>

#include "logstore/path_template.hpp"
#include "service/script_log_store.hpp"

namespace qd::service {
namespace {

constexpr const char* kFrameworkPrefix = "framework.plugin.ExecutionFileStorage.";
constexpr const char* kProjectPrefix = "project.plugin.ExecutionFileStorage.";
constexpr std::size_t kMaxOpen = 500;

void take_with_prefix(logstore::Settings& into, const std::map<std::string, std::string>& from,
                      const std::string& prefix) {
  for (auto entry = from.lower_bound(prefix); entry != from.end() && entry->first.starts_with(prefix); ++entry)
    into[entry->first.substr(prefix.size())] = entry->second;
}

}  // namespace

std::int64_t log_file_size(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  return error ? -1 : static_cast<std::int64_t>(size);
}

logstore::Settings LogStores::settings_of(const std::string& project) {
  logstore::Settings settings;
  take_with_prefix(settings, settings_.framework, kFrameworkPrefix + settings_.provider + ".");
  if (const auto found = projects_.find(project))
    take_with_prefix(settings, found->config, kProjectPrefix + settings_.provider + ".");
  return settings;
}

Result<std::shared_ptr<logstore::LogStore>> LogStores::of(const std::string& project) {
  if (!enabled()) return fail(ErrorKind::not_found, "No log store is configured");
  const auto settings = settings_of(project);
  auto known = open_.with([&](const auto& stores) {
    const auto found = stores.find(settings);
    return found == stores.end() ? nullptr : found->second;
  });
  if (known) return known;
  auto opened = open(project, settings);
  if (!opened) return fail(opened.error().kind, "Log store " + settings_.provider + ": " + opened.error().message);
  open_.with([&](auto& stores) {
    if (stores.size() >= kMaxOpen) stores.clear();
    stores[settings] = *opened;
  });
  return *opened;
}

Result<std::shared_ptr<logstore::LogStore>> LogStores::open(const std::string& project,
                                                            const logstore::Settings& settings) {
  if (scripts_ == nullptr || logstore::is_known_provider(settings_.provider))
    return logstore::open_log_store(settings_.provider, settings, settings_.environment);
  ScriptStorePlace place{settings_.provider, project, settings_.framework, scripts_->host.temp_folder};
  if (const auto found = projects_.find(project)) {
    for (const auto& [key, value] : found->config) place.properties[key] = value;
  }
  return open_script_store(*scripts_, std::move(place));
}

Result<std::string> LogStores::key_of(const model::Execution& execution) {
  const auto settings = settings_of(execution.project);
  const std::map<std::string, std::string> job{{"execid", std::to_string(execution.id)},
                                               {"project", execution.project},
                                               {"id", execution.job_uuid},
                                               {"uuid", execution.job_uuid},
                                               {"name", execution.job_name},
                                               {"group", execution.job_group},
                                               {"username", execution.user},
                                               {"user.name", execution.user},
                                               {"serverUUID", execution.server_uuid}};
  return logstore::expand_path(logstore::setting_or(settings, "path", logstore::default_path_template), job);
}

logstore::Metadata LogStores::metadata_of(const model::Execution& execution) const {
  const auto id = std::to_string(execution.id);
  return {{"rundeck.execid", id},
          {"rundeck.username", execution.user},
          {"rundeck.project", execution.project},
          {"rundeck.url", settings_.server_url + "/project/" + execution.project + "/execution/follow/" + id},
          {"rundeck.serverUrl", settings_.server_url},
          {"rundeck.serverUUID", execution.server_uuid}};
}

std::string LogStores::piece_key(const std::string& key, std::int64_t number) {
  return key + ".rdlog.partial." + std::to_string(number);
}

}  // namespace qd::service
