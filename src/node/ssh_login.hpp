// The login of an SSH session by key, password or agent. Internal to node/.
#pragma once

#include "node/ssh_connect.hpp"

namespace qd::node {

// `key` is set when the login is by key. Errors are those of ssh_failure.hpp.
base::Task<Result<>> ssh_authenticate(SshParts& parts, SshLink& link, const SshLogin& login, SshHop hop, SshKey key,
                                      const Attempt& attempt);

}  // namespace qd::node
