// Logging in with the keys of an SSH agent. Internal to node/.
#pragma once

#include "node/ssh_connect.hpp"

namespace qd::node {

// Tries each key of the agent that listens at `socket`. The answer is one of libssh's, e.g. SSH_AUTH_SUCCESS. An agent
// that does not answer is left alone when the attempt is over.
base::Task<int> log_in_by_agent(SshParts& parts, SshLink& link, std::string socket, const Attempt& attempt);

}  // namespace qd::node
