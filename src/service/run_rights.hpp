// What the policies let executions do, in the name of those who started them.
#pragma once

#include <string>

#include "engine/launcher.hpp"
#include "service/access_control.hpp"

namespace qd::service {

// `access` outlives it. Scheduled executions run in the name of who saved the job, with the roles that he had then.
engine::RunRights run_rights(AccessControl& access, std::string server_node);

}  // namespace qd::service
