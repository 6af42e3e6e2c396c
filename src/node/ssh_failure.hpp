// How SSH fails, in words that help. Each Error has a reason of node/executor.hpp as its code. Internal to node/.
#pragma once

#include "base/cancel.hpp"
#include "base/result.hpp"
#include "node/ssh_target.hpp"

namespace qd::node::ssh_failure {

Error host_not_found(const SshHop& hop, const std::string& why);
Error no_connection(const SshHop& hop, const std::string& why);
Error timed_out(const SshHop& hop, Millis limit, const std::string& stage);
Error cancelled(const base::CancelToken& cancel);
Error protocol(const SshHop& hop, const std::string& why);
Error login_refused(const SshHop& hop, const SshLogin& login, const std::string& offered);
Error unknown_host_key(const SshHop& hop, const std::string& fingerprint, const std::string& file);
Error other_host_key(const SshHop& hop, const std::string& fingerprint, const std::string& file);
Error revoked_host_key(const SshHop& hop, const std::string& fingerprint, const std::string& file);

}  // namespace qd::node::ssh_failure
