// What is built in, described as script plugins describe themselves: what `plugin/detail` tells, and what forms are
// made of. Each description stands for code elsewhere (engine, node, notify) that reads exactly these settings.
#pragma once

#include <vector>

#include "plugin/manifest.hpp"

namespace qd::plugin {

// In no order; made once, lives for ever.
const std::vector<Provider>& built_in_providers();

}  // namespace qd::plugin
