// Where a workflow inside a step runs: a job reference's, or that of a conditional step.
#pragma once

#include <memory>
#include <string>

#include "engine/frame.hpp"
#include "engine/outcome.hpp"

namespace qd::engine {

// References live until the inner workflow has ended.
struct NestedPlace {
  Frame& parent;
  const model::DataContext& context;  // as the step sees it
  std::string path;                   // of the step: "2", "2/3@node=web1"
  std::size_t step = 1;               // its number
  std::string node;                   // "" when it runs once: the scope of what it leaves behind
  StepLog& log;
  std::shared_ptr<model::WorkflowState> state;
};

}  // namespace qd::engine
