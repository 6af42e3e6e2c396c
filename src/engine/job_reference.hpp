// Runs another job's workflow as a step of this one. It has no execution of its own: its steps show up inside this one.
#pragma once

#include "base/task.hpp"
#include "engine/nested.hpp"

namespace qd::engine {

base::Task<StepOutcome> run_job_reference(RunScope& scope, const NestedPlace& place,
                                          const model::JobRefStep& reference);

}  // namespace qd::engine
