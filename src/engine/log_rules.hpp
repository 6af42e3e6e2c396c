// Which level and which limit the log of an execution has.
#pragma once

#include <functional>
#include <string>

#include "engine/run.hpp"

namespace qd::engine {

// The tighter of the job's and the server's limit of the same kind; of different kinds the job's. `on_halt` gets the
// status that the execution shall end with.
RunLog::Options log_options(const LauncherConfig& config, const RunPlan& plan,
                            std::function<void(const std::string& status)> on_halt);

}  // namespace qd::engine
