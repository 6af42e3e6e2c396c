// What `run`, `retry` and `adhoc` do with the execution that they started.
#pragma once

#include "cli/context.hpp"

namespace qd::cli {

Options started_options();  // -f, -%, -v and those of following

// Prints `execution` (an answer of the API), and follows it when --follow is given; then the exit code is its outcome.
// `how` is "started" or "scheduled".
Result<int> report_started(const Context& context, const Json& execution, const std::string& how);

}  // namespace qd::cli
