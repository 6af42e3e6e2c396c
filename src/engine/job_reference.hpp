// Runs another job's workflow as a step of this one. It has no execution of its own: its steps show up inside this one.
#pragma once

#include <optional>

#include "base/task.hpp"
#include "engine/frame.hpp"
#include "engine/outcome.hpp"

namespace qd::engine {

// `path` is the step's context path ("2/3" or "2@node=web1"); `node` is set for a reference that runs once for each
// node. `state` receives the nested workflow's state. References live until the task has returned.
base::Task<StepOutcome> run_job_reference(RunScope& scope, Frame& parent, const model::JobRefStep& reference,
                                          const model::DataContext& context, std::string path, const LogPlace& place,
                                          std::shared_ptr<model::WorkflowState> state);

}  // namespace qd::engine
