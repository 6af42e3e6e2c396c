// Runs one step, and its error handler when it fails.
#pragma once

#include "base/task.hpp"
#include "engine/frame.hpp"
#include "engine/outcome.hpp"

namespace qd::engine {

// A step, or its error handler, at its place in the workflow.
struct StepPlace {
  std::size_t index = 0;  // from 0
  bool handler = false;

  // "2", "2e".
  std::string id() const { return std::to_string(index + 1) + (handler ? "e" : ""); }
};

// Runs step `index` of the frame's workflow on `nodes`. With `whole` these are all the nodes that it runs on; else it
// runs for a part of them, and its state is settled when the last part is done. The outcome is the handler's where that
// counts.
base::Task<StepOutcome> run_step(RunScope& scope, Frame& frame, std::size_t index, NodeRefs nodes, bool whole);

}  // namespace qd::engine
