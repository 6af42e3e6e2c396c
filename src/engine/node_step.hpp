// Runs a command or a script on one node.
#pragma once

#include "base/task.hpp"
#include "engine/frame.hpp"
#include "node/executor.hpp"

namespace qd::engine {

// One step at work on one node. References live until it has ended.
struct NodeTask {
  RunScope& scope;
  const Frame& frame;
  const model::Node& node;
  const model::DataContext& context;  // with the node's group
  StepLog& log;
};

// Failures are results, never exceptions.
base::Task<node::NodeResult> run_command(const NodeTask& task, const model::CommandStep& step);
base::Task<node::NodeResult> run_script(const NodeTask& task, const model::ScriptStep& step);

// What surrounds a command of the task; `output` takes what it prints.
node::ExecContext exec_context(const NodeTask& task, StepOutput& output);

}  // namespace qd::engine
