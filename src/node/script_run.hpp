// Running a script on a node: its text, and the way over any file copier and any executor.
#pragma once

#include "base/event_loop.hpp"
#include "base/worker_pool.hpp"
#include "node/executor.hpp"

namespace qd::node {

// Fills script.text: from script.path when it has one, else with line ends as the node wants them. On the loop's
// thread. At most 64 MB.
base::Task<Result<>> load_script_text(base::EventLoop& loop, base::WorkerPool& pool, const model::Node& node,
                                      ScriptRun& script);

// Copies the script to the node, makes it executable, runs it, and removes it, also when it was ended.
base::Task<NodeResult> run_copied_script(base::EventLoop& loop, base::WorkerPool& pool, NodeExecutor& executor,
                                         FileCopier& copier, const ExecContext& ctx, const model::Node& node,
                                         ScriptRun script);

}  // namespace qd::node
