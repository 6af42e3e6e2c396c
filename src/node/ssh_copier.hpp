// The built-in file copier over SSH: sshj-scp, and jsch-scp by its older name. SFTP where the server has it, else scp.
#pragma once

#include "node/ssh_transport.hpp"

namespace qd::node {

// Tasks run on `home`; the transport outlives them.
class SshCopier final : public FileCopier {
 public:
  SshCopier(base::EventLoop& home, SshTransport& transport) : home_(home), transport_(transport) {}
  base::Task<Result<std::string>> copy_content(const ExecContext& ctx, const model::Node& node, std::string content,
                                               std::string destination, std::string extension) override;
  base::Task<Result<>> remove(const ExecContext& ctx, const model::Node& node, std::string path) override;
  base::Task<Result<>> copy_file(const ExecContext& ctx, const model::Node& node, std::string source,
                                 std::string destination) override;
  base::Task<Result<>> make_folder(const ExecContext& ctx, const model::Node& node, std::string path) override;

 private:
  struct Job;
  base::Task<Result<>> perform(const ExecContext& ctx, const model::Node& node, Job& job);
  static base::Task<Result<>> perform_on_its_loop(SshPool& pool, const SshPlan& plan, Job& job,
                                                  base::CancelToken cancel);

  base::EventLoop& home_;
  SshTransport& transport_;
};

// The folder of copied scripts on the node: file-copy-destination-dir, else /tmp; ends in its separator.
std::string script_folder(const ExecContext& ctx, const model::Node& node);

}  // namespace qd::node
