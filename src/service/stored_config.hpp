// Configuration that is kept in the database and changed by API: for all members ("default"), or for one ("server").
//
// Source: "Config Management" of the peer's API. It is read at the start of a member, above its files and below its
// environment and flags, and by a refresh as far as that goes.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "auth/identity.hpp"
#include "base/result.hpp"
#include "service/audit.hpp"
#include "store/setting_store.hpp"

namespace qd::service {

using ConfigValues = std::map<std::string, std::string>;  // by key

// What one member has of it: its own values win over those for all.
ConfigValues stored_config_of(store::SettingStore& settings, const std::string& server_uuid);

struct StoredConfigEntry {
  std::string key, value;
  std::string strata;           // "default", or "server"
  std::string label, category;  // label "" when the key is none of ours
};

struct StoredConfigChange {
  std::string key, value;
  bool own = false;  // for this member alone
};

struct StoredConfigSaved {
  std::vector<std::string> created, updated;
};

// Thread-safe; blocks on the database. All of it needs the right to administer the system.
class StoredConfig {
 public:
  struct Parts {
    store::Database& database;
    Audit& audit;
    std::string server_uuid;
    // Would a member start with these values? The error has a line for each that is wrong.
    std::function<Result<>(const ConfigValues&)> check;
    std::function<std::string(const std::string& key)> meaning;  // "": the key means nothing here
  };
  explicit StoredConfig(Parts parts) : parts_(std::move(parts)), settings_(parts_.database) {}

  // By key; of one key the value for this member after that for all.
  Result<std::vector<StoredConfigEntry>> list(const auth::Identity& who);
  Result<StoredConfigEntry> find(const auth::Identity& who, const std::string& key, bool own);
  // All of them, or none: errors of kind `invalid` say what is wrong with which.
  Result<StoredConfigSaved> save(const auth::Identity& who, const std::vector<StoredConfigChange>& changes);
  Result<> remove(const auth::Identity& who, const std::string& key, bool own);

 private:
  Result<> may(const auth::Identity& who) const;
  std::string prefix(bool own) const;

  Parts parts_;
  store::SettingStore settings_;
};

}  // namespace qd::service
