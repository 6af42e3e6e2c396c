// Steps that run only under a condition: {type: conditional, conditionGroups, subSteps}.
#pragma once

#include "base/task.hpp"
#include "engine/nested.hpp"

namespace qd::engine {

bool is_conditional(const model::Step& step);

// Runs the sub-steps in order when the conditions hold, else does nothing and succeeds. `node`: they run on this node
// alone, and the conditions may ask for its attributes; null: it is a step that runs once, and its sub-steps too. They
// share the data of the workflow around them.
base::Task<StepOutcome> run_conditional(RunScope& scope, const NestedPlace& place, const model::Step& step,
                                        const model::Node* node);

}  // namespace qd::engine
