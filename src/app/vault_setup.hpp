// The storage facility as the configuration describes it.
#pragma once

#include <memory>

#include "app/config.hpp"
#include "store/text_seal.hpp"
#include "vault/storage_config.hpp"

namespace qd::app {

// The storage facility on the main database.
struct Vaults {
  SystemClock clock;
  std::unique_ptr<vault::KeyRing> ring;
  std::unique_ptr<vault::Storage> keys;
  store::TextSeal project_seal, webhook_seal;
};

// A member that lacks the key of what is stored starts all the same, and says so in its log.
Result<std::unique_ptr<Vaults>> open_vaults(const Config& config, store::Database& database);

}  // namespace qd::app
