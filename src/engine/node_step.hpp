// Runs a command or a script on one node.
#pragma once

#include "base/task.hpp"
#include "engine/frame.hpp"
#include "node/executor.hpp"

namespace qd::engine {

// `context` holds the node's group. All references live until the task has returned. Failures are results, never
// exceptions.
base::Task<node::NodeResult> run_command(RunScope& scope, const Frame& frame, const model::CommandStep& step,
                                         const model::Node& node, const model::DataContext& context,
                                         const LogPlace& place);
base::Task<node::NodeResult> run_script(RunScope& scope, const Frame& frame, const model::ScriptStep& step,
                                        const model::Node& node, const model::DataContext& context,
                                        const LogPlace& place);

}  // namespace qd::engine
