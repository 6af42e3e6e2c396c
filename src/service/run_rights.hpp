// What the policies let executions do, in the name of those who started them.
#pragma once

#include <string>

#include "engine/launcher.hpp"
#include "service/access_control.hpp"

namespace qd::service {

// `access` outlives it. Scheduled executions keep no roles, and so are not narrowed.
engine::RunRights run_rights(AccessControl& access, std::string server_node);

}  // namespace qd::service
