// What clients say when they run something, from parameters or a JSON body.
#pragma once

#include <string>

#include "api/route.hpp"

namespace qd::api {

Result<service::RunOptions> run_options(const Call& call);

// A node filter: `filter`, or the older parameters (hostname, tags, os-name…, exclude-hostname…) as one filter text.
std::optional<std::string> node_filter_of(const Call& call);

}  // namespace qd::api
