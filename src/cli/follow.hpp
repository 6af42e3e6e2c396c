// Follows the output of an execution until it ends: by the server's event stream, or by asking again and again where
// the server has none.
//
// The stream is GET /api/V/execution/{id}/events?offset=N as server-sent events: `output` with an array of log entries
// as the API's Execution Output has them and the next offset as its id, `state`, and `end` with {"status": …}.
#pragma once

#include <cstdint>
#include <string>

#include "cli/context.hpp"

namespace qd::cli {

struct FollowOptions {
  bool quiet = false;      // print nothing
  bool progress = false;   // a dot per piece of output
  bool from_start = true;  // else begin with the last `tail` lines
  std::int64_t tail = 1;
};

// Of --quiet, --progress, --restart, --tail.
FollowOptions follow_options_of(const Arguments& args, bool from_start);

// The exit code that tells how the execution ended. Ctrl-C ends the whole program with exit_code::interrupted after
// telling how to go on; the execution is left alone.
Result<int> follow_execution(const Context& context, const std::string& execution_id, const FollowOptions& options);

// exit_code of a final status: "succeeded", "failed", "failed-with-retry", "aborted", "timedout", or any other.
int outcome_code(std::string_view status);

}  // namespace qd::cli
