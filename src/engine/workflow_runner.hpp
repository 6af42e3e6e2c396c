// Runs the steps of a workflow in the order of its strategy.
#pragma once

#include "base/task.hpp"
#include "engine/frame.hpp"
#include "engine/outcome.hpp"

namespace qd::engine {

// See engine/strategy.hpp for the strategies. A step that halts ends the workflow; steps that run beside it go on.
// Scope and frame live until the task has returned. Never throws for a failing step.
base::Task<WorkflowOutcome> run_workflow(RunScope& scope, Frame& frame);

}  // namespace qd::engine
