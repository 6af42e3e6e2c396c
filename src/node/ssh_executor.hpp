// The built-in SSH executor: sshj-ssh, and jsch-ssh by its older name.
#pragma once

#include "node/ssh_transport.hpp"

namespace qd::node {

// Tasks run on `home`; the transport outlives them.
class SshExecutor final : public NodeExecutor {
 public:
  SshExecutor(base::EventLoop& home, SshTransport& transport, FileCopier& copier)
      : home_(home), transport_(transport), copier_(copier) {}
  base::Task<NodeResult> execute(const ExecContext& ctx, const model::Node& node, std::string command) override;
  base::Task<NodeResult> execute_script(const ExecContext& ctx, const model::Node& node, ScriptRun script) override;

 private:
  base::EventLoop& home_;
  SshTransport& transport_;
  FileCopier& copier_;
};

}  // namespace qd::node
