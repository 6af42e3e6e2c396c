// Storage trees as the configuration describes them, with the peer's keys:
//
//   rundeck.storage.provider.N.type=db|file   .path=keys/local   .removePathPrefix=true   .config.baseDir=FOLDER
//   rundeck.storage.converter.N.type=jasypt-encryption|aes-gcm-encryption   .path=keys
//       .resourceSelector=Rundeck-key-type=private   .config.password=… (see converter settings in docs/key-storage.md)
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "vault/legacy_pbe.hpp"
#include "vault/storage.hpp"

namespace qd::vault {

struct ProviderConfig {
  std::string path;
  bool strips = false;
  std::string folder;  // of files; "": the database
};

struct ConverterConfig {
  std::string path, selector;
  bool only_opens = false;
  LegacyPbe settings;
};

struct StorageConfig {
  std::vector<ProviderConfig> providers;  // in the order of their numbers; no two of one path
  std::vector<ConverterConfig> converters;
};

struct StorageSurroundings {
  std::string standard_folder;  // baseDir when there is none
  // Environment variables and system properties, which settings may name instead of a value.
  std::function<std::optional<std::string>(const std::string&name)> environment, system_property;
};

// `prefix` is "rundeck.storage." or "rundeck.config.storage.". The error names the key, and holds no password.
Result<StorageConfig> parse_storage_config(const std::map<std::string, std::string>& properties,
                                           const std::string& prefix, const StorageSurroundings& around);

// `container` is that of the database's provider, which has the root unless another one does.
Result<std::unique_ptr<Storage>> build_storage(const StorageConfig& config, store::Database& database,
                                               const std::string& container, KeyRing& ring, const Clock& clock);

}  // namespace qd::vault
