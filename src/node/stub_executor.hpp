// The executor "stub": says what it would run, and runs nothing. For rehearsals, and for figures without machines.
#pragma once

#include "node/executor.hpp"

namespace qd::node {

// The result is the node attribute `stub-result-code` (0), or a failure when `stub-exec-success` is false. Thread-safe.
class StubExecutor final : public NodeExecutor {
 public:
  base::Task<NodeResult> execute(const ExecContext& ctx, const model::Node& node, std::string command) override;
  base::Task<NodeResult> execute_script(const ExecContext& ctx, const model::Node& node, ScriptRun script) override;
};

}  // namespace qd::node
