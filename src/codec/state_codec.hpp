// Execution state as JSON: the document kept in the database, and the "Execution State" answer of the API made of it.
#pragma once

#include "base/json.hpp"
#include "model/execution.hpp"

namespace qd::codec {

// The API's form (executionState, targetNodes, allNodes, steps, nodes…). `execution_id` and `completed` come on top.
// Source: "Execution State" in the API documentation.
JsonObject state_to_json(const model::WorkflowState& state);

// What model::changes_of(state, since) left of it, as of `as_of`: the same form, without what the rest of it says or
// what is null. `asOf` is the next `since`; with `since` 0 it is a whole state.
JsonObject state_changes_to_json(const model::WorkflowState& changes, UnixMillis since, UnixMillis as_of);

}  // namespace qd::codec
