// What the settings of a node, its project and the framework say about reaching it by SSH. docs/ssh.md lists them.
#pragma once

#include <optional>
#include <vector>

#include "base/worker_pool.hpp"
#include "node/executor.hpp"
#include "node/ssh_target.hpp"
#include "node/sudo_dialogue.hpp"

namespace qd::node {

struct SshPlan {
  SshTarget target;
  bool pty = false;
  bool send_environment = false;
  Millis command_timeout{0};
  std::vector<SudoRules> sudo;  // empty: no prompt is answered
};

struct SshDefaults {
  std::string known_hosts;  // the file, when no setting names one
  std::string agent;        // SSH_AUTH_SOCK
};

// Reads key files and secrets, hence blocks. `command`: whether it begins with sudo decides about its prompt. The
// error's code is the reason of the failure.
Result<SshPlan> plan_ssh(const ExecContext& ctx, const model::Node& node, const std::string& command,
                         const SshDefaults& defaults);

}  // namespace qd::node
