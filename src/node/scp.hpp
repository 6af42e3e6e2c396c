// Copying by the program scp on the node, for servers without SFTP. Internal to node/.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "node/copy_source.hpp"
#include "node/ssh_channel.hpp"

namespace qd::node {

// Writes `source` to `path` by `scp -t`. `over` as in SftpClient.
base::Task<Result<>> scp_put(std::shared_ptr<SshLink> link, std::function<bool()> over, CopySource& source,
                             base::WorkerPool& pool, std::string path, int mode);

// Runs a short command whose output does not matter.
base::Task<Result<>> run_quietly(std::shared_ptr<SshLink> link, std::function<bool()> over, std::string command);

}  // namespace qd::node
