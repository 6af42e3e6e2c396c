// The providers script-exec and script-copy: commands of the administrator's choice reach the nodes.
#pragma once

#include "base/event_loop.hpp"
#include "base/worker_pool.hpp"
#include "node/by_file_copier.hpp"
#include "node/executor.hpp"
#include "node/local_executor.hpp"

namespace qd::node {

// Configured by the attribute `script-exec` (`script-exec-dir`, `script-exec-shell`), else by the property
// `plugin.script-exec.default.command` (`.dir`, `.shell`) of project or framework. In it `${node.*}`, `${exec.command}`
// and other references are filled. Without a shell each word stays one argument; with one, each value is quoted for
// the place where it stands. Fails with ConfigurationFailure where nothing is configured.
class ScriptExec final : public NodeExecutor {
 public:
  ScriptExec(base::EventLoop& loop, base::WorkerPool& pool, LocalConfig config);
  base::Task<NodeResult> execute(const ExecContext& ctx, const model::Node& node, std::string command) override;
  // Scripts are copied by a file copier first: see run_copied_script(). Alone this is a configuration failure.
  base::Task<NodeResult> execute_script(const ExecContext& ctx, const model::Node& node, ScriptRun script) override;

 private:
  base::EventLoop& loop_;
  base::WorkerPool& pool_;
  LocalConfig config_;
};

// Configured alike, by `script-copy` (`-dir`, `-shell`, `-remote-filepath`) and `plugin.script-copy.default.*`.
// `${file-copy.file}` is the file to copy, `${file-copy.filename}` its name, `${file-copy.destination}` where to. The
// command's first line of output is the path on the node, unless that was known before.
class ScriptCopy final : public ByFileCopier {
 public:
  ScriptCopy(base::EventLoop& loop, base::WorkerPool& pool, LocalConfig config);

 private:
  base::Task<Result<std::string>> copy(const ExecContext& ctx, const model::Node& node, std::string file,
                                       std::string destination) override;
  base::EventLoop& loop_;
  base::WorkerPool& pool_;
  LocalConfig config_;
};

}  // namespace qd::node
