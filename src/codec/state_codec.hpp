// Execution state as JSON: the document kept in the database, and the "Execution State" answer of the API made of it.
#pragma once

#include "base/json.hpp"
#include "model/execution.hpp"

namespace qd::codec {

// The API's form (executionState, targetNodes, allNodes, steps, nodes…). `execution_id` and `completed` come on top.
// Source: "Execution State" in the API documentation.
JsonObject state_to_json(const model::WorkflowState& state);

}  // namespace qd::codec
