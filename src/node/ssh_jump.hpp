// A connection through another host: what ssh_config calls ProxyJump. Internal to node/.
#pragma once

#include "node/ssh_pool.hpp"

namespace qd::node {

// A socket to `to` as the jump host sees it. It is given back when the socket is closed, or the jump host ends.
base::Task<Result<Fd>> open_through(std::shared_ptr<SshLease> jump, SshHop to, const Attempt& attempt);

}  // namespace qd::node
