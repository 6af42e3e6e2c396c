#include "service/stored_config.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "service/access.hpp"
#include "service/errors.hpp"

namespace qd::service {
namespace {

constexpr const char* kForAll = "config.default.";
constexpr const char* kForOne = "config.server.";  // + uuid + "."
constexpr std::size_t kLongestKey = 180;
constexpr std::size_t kLongestConfigValue = 64 * 1024;
constexpr std::size_t kMostChanges = 1000;

// What a member needs before it can read the database, and what opens secrets.
constexpr std::array<std::string_view, 6> kOnlyInFiles{
    "dataSource.", "rdeck.", "rundeck.server.uuid", "rundeck.storage.", "rundeck.config.storage.", "quarterdeck.data."};

std::string for_one(const std::string& server_uuid) {
  return kForOne + server_uuid + ".";
}

std::string wrong_with(const StoredConfigChange& change) {
  const std::string shown = change.key.substr(0, 60);
  if (change.key.empty()) return "a value has no 'key'";
  if (change.key.size() > kLongestKey || change.key.find_first_of(" \t\r\n=") != std::string::npos)
    return shown + ": a key has at most " + std::to_string(kLongestKey) + " bytes, and no spaces or =";
  if (change.value.size() > kLongestConfigValue)
    return shown + ": a value has at most " + std::to_string(kLongestConfigValue) + " bytes";
  for (const std::string_view prefix : kOnlyInFiles) {
    if (change.key.starts_with(prefix))
      return shown + ": is needed before the database can be read; write it to the configuration files";
  }
  return {};
}

}  // namespace

ConfigValues stored_config_of(store::SettingStore& settings, const std::string& server_uuid) {
  ConfigValues values;
  for (const std::string& prefix : {std::string(kForAll), for_one(server_uuid)}) {
    for (auto& [name, value] : settings.with_prefix(prefix)) values[name.substr(prefix.size())] = std::move(value);
  }
  return values;
}

Result<> StoredConfig::may(const auth::Identity& who) const {
  return require(who, {"system", "admin", ""}, "System", "configuration");
}

std::string StoredConfig::prefix(bool own) const {
  return own ? for_one(parts_.server_uuid) : std::string(kForAll);
}

Result<std::vector<StoredConfigEntry>> StoredConfig::list(const auth::Identity& who) {
  if (auto right = may(who); !right) return fail(right.error());
  std::vector<StoredConfigEntry> entries;
  for (const bool own : {false, true}) {
    const std::string start = prefix(own);
    for (const auto& [name, value] : settings_.with_prefix(start)) {
      const std::string key = name.substr(start.size());
      const std::string label = parts_.meaning(key);
      entries.push_back({key, value, own ? "server" : "default", label, label.empty() ? "Custom" : "Configuration"});
    }
  }
  std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
  return entries;
}

Result<StoredConfigEntry> StoredConfig::find(const auth::Identity& who, const std::string& key, bool own) {
  auto all = list(who);
  if (!all) return fail(all.error());
  for (StoredConfigEntry& entry : *all) {
    if (entry.key == key && (entry.strata == "server") == own) return std::move(entry);
  }
  return fail(ErrorKind::not_found, "System Configuration Not Found: " + key, "rundeckpro.config.api.error.not.found");
}

Result<StoredConfigSaved> StoredConfig::save(const auth::Identity& who,
                                             const std::vector<StoredConfigChange>& changes) {
  if (auto right = may(who); !right) return fail(right.error());
  if (changes.empty() || changes.size() > kMostChanges)
    return fail(ErrorKind::invalid, "Send a list of 1 to " + std::to_string(kMostChanges) + " values.");
  ConfigValues candidate = stored_config_of(settings_, parts_.server_uuid);
  for (const StoredConfigChange& change : changes) {
    if (const auto wrong = wrong_with(change); !wrong.empty()) return fail(ErrorKind::invalid, wrong);
    candidate[change.key] = change.value;
  }
  if (auto good = parts_.check(candidate); !good) return fail(ErrorKind::invalid, good.error().message);
  StoredConfigSaved saved;
  for (const StoredConfigChange& change : changes) {
    const std::string name = prefix(change.own) + change.key;
    (settings_.get(name) ? saved.updated : saved.created).push_back(change.key);
    settings_.put(name, change.value);
    parts_.audit.record(who, {audit::kUpdate, audit::kSystem, change.key, "", "configuration"});
  }
  return saved;
}

Result<> StoredConfig::remove(const auth::Identity& who, const std::string& key, bool own) {
  if (auto right = may(who); !right) return right;
  if (!settings_.remove(prefix(own) + key)) {
    return fail(ErrorKind::not_found, "System Configuration Not Found: " + key,
                "rundeckpro.config.api.error.not.found");
  }
  parts_.audit.record(who, {audit::kDelete, audit::kSystem, key, "", "configuration"});
  return {};
}

}  // namespace qd::service
