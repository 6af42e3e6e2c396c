// Makes SSH sessions: key exchange, host key, login. Internal to node/.
#pragma once

#include <memory>

#include "base/worker_pool.hpp"
#include "node/known_hosts.hpp"
#include "node/ssh_gate.hpp"
#include "node/ssh_keys.hpp"
#include "node/ssh_link.hpp"
#include "node/tcp_connect.hpp"

namespace qd::node {

// What sessions of one loop share. Everything outlives them.
struct SshParts {
  base::EventLoop& loop;
  base::WorkerPool& pool;  // of names, files and keys
  SshKeys& keys;
  KnownHosts& known_hosts;
  SshGate& handshakes;  // so many at once: they cost milliseconds of CPU each
};

// Logs in at `hop` over a connected socket, with the credentials and rules of `target`. Errors are those of
// ssh_failure.hpp. On the loop's thread.
base::Task<Result<std::shared_ptr<SshLink>>> ssh_log_in(SshParts& parts, const SshTarget& target, SshHop hop, Fd socket,
                                                        Attempt& attempt);

}  // namespace qd::node
