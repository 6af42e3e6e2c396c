// In which order the steps of a workflow run: the plan that its strategy makes. Pure.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "engine/condition.hpp"
#include "model/job.hpp"

namespace qd::engine {

// When one step starts. Steps count from 0.
struct StepRule {
  std::vector<std::size_t> after;  // all of these have run, or were skipped; ascending
  AnyOf when;                      // looked at when its time has come; else it is skipped
};

struct WorkflowPlan {
  bool node_first = false;      // neighbouring node steps run on one node after the other; `rules` is empty
  std::vector<StepRule> rules;  // else one for each step
};

// node-first (the default, also for ""), sequential (step-first), parallel, ruleset. Errors: no such strategy; rules
// that cannot be read, name no step of this workflow, or wait for each other.
Result<WorkflowPlan> plan_workflow(const model::Workflow& workflow);

// The rules of the rule set strategy, one a line, blank lines and # comments left out:
//
//   [STEPS] [run-at-start | run-in-sequence | run-after:STEP[,STEP…]] [if:CONDITION | unless:CONDITION]…
//
// STEPS is *, numbers, ranges and labels, separated by commas. Rules for the same step add up: it starts when all that
// it waits for is done, and runs when the conditions of one of its lines hold. A step without any rule starts with the
// workflow; one that has only conditions runs in sequence. Source: docs/manual/jobs/workflow-strategies/ruleset.md of
// the peer's documentation.
Result<std::vector<StepRule>> parse_ruleset(std::string_view rules, const model::Workflow& workflow);

}  // namespace qd::engine
