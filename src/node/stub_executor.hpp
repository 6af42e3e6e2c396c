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

// The file copier "stub": says what it would copy.
class StubCopier final : public FileCopier {
 public:
  base::Task<Result<std::string>> copy_content(const ExecContext& ctx, const model::Node& node, std::string content,
                                               std::string destination, std::string extension) override;
  base::Task<Result<>> remove(const ExecContext& ctx, const model::Node& node, std::string path) override;
  base::Task<Result<>> copy_file(const ExecContext& ctx, const model::Node& node, std::string source,
                                 std::string destination) override;
};

}  // namespace qd::node
