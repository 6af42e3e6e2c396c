// The parts of an execution's step × node state that are new to somebody who knows an earlier one: of ten thousand
// nodes only few change in a second.
#pragma once

#include "model/execution.hpp"

namespace qd::model {

// A deep copy of `state` with every step, but only those nodes of steps that changed at `since` or after it; 0: all.
WorkflowState changes_of(const WorkflowState& state, UnixMillis since);

// Is there anything in a copy made by changes_of() that changed at `since` or after it?
bool has_changes(const WorkflowState& changes, UnixMillis since);

}  // namespace qd::model
