// The storage facility as the configuration describes it.
#pragma once

#include <memory>

#include "app/config.hpp"
#include "app/server_parts.hpp"

namespace qd::app {

// A member that lacks the key of what is stored starts all the same, and says so in its log.
Result<std::unique_ptr<Vaults>> open_vaults(const Config& config, store::Database& database);

}  // namespace qd::app
