// Runs the steps of a workflow in the order of its strategy.
#pragma once

#include "base/task.hpp"
#include "engine/frame.hpp"
#include "engine/outcome.hpp"

namespace qd::engine {

// node-first (the default): all steps on one node, then on the next; steps that are not for nodes stand between.
// sequential (step-first): each step on all nodes before the next step. parallel: all steps at once. Scope and frame
// live until the task has returned. Never throws for a failing step.
base::Task<WorkflowOutcome> run_workflow(RunScope& scope, Frame& frame);

}  // namespace qd::engine
