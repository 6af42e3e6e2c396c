// Log entries as the output answers and event streams carry them.
#pragma once

#include "base/json.hpp"
#include "log/reader.hpp"

namespace qd::api {

// {time, absolute_time, log, level, user, command, stepctx, node, metadata?}; with_state adds `type` and all metadata.
JsonObject entry_json(const log::LogEvent& event, bool with_state, bool with_metadata);

// Entries of which each holds only what changed since the one before it (compacted form).
JsonArray compacted(const JsonArray& entries);

}  // namespace qd::api
