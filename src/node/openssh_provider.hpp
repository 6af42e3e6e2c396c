// The providers ssh-exec and ssh-copier: the programs ssh and scp of this machine do the work.
#pragma once

#include "base/event_loop.hpp"
#include "base/worker_pool.hpp"
#include "node/by_file_copier.hpp"
#include "node/executor.hpp"
#include "node/local_executor.hpp"
#include "node/ssh_plan.hpp"

namespace qd::node {

// One ssh or scp for each command or copy. The settings are those of the built-in SSH (docs/ssh.md), and `ssh-options`
// are added to the command line. Passwords and passphrases are handed over by sshpass. With the setting `dry-run` the
// command line is printed, and nothing runs.
struct OpensshParts {
  base::EventLoop& loop;
  base::WorkerPool& pool;
  LocalConfig config;
  SshDefaults defaults;
};

class OpensshExecutor final : public NodeExecutor {
 public:
  OpensshExecutor(OpensshParts parts, FileCopier& copier) : parts_(std::move(parts)), copier_(copier) {}
  base::Task<NodeResult> execute(const ExecContext& ctx, const model::Node& node, std::string command) override;
  base::Task<NodeResult> execute_script(const ExecContext& ctx, const model::Node& node, ScriptRun script) override;

 private:
  OpensshParts parts_;
  FileCopier& copier_;
};

class OpensshCopier final : public ByFileCopier {
 public:
  explicit OpensshCopier(OpensshParts parts);

 private:
  base::Task<Result<std::string>> copy(const ExecContext& ctx, const model::Node& node, std::string file,
                                       std::string destination) override;
  OpensshParts parts_;
};

}  // namespace qd::node
