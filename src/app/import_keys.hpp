// Takes over the key storage of the peer from the peer's database.
#pragma once

#include <string>
#include <vector>

#include "app/config.hpp"

namespace qd::app {

struct ImportedKeys {
  std::size_t imported = 0, skipped = 0;  // skipped: there is a key at this path already
  std::vector<std::string> failures;      // "keys/a: why"
};

// Opened with the converters that `config` has, and sealed as everything is. The peer's database is only read.
Result<ImportedKeys> import_keys(const Config& config, const store::DatabaseConfig& from);

}  // namespace qd::app
