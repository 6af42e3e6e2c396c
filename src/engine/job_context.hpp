// The data context of an execution: what `${job.name}`, `${option.x}` and `${globals.x}` mean in it.
#pragma once

#include <map>
#include <string>

#include "engine/launcher.hpp"
#include "model/data_context.hpp"
#include "model/option_rules.hpp"

namespace qd::engine {

// Framework and project properties in one map; the project's win.
std::map<std::string, std::string> merged_settings(const LauncherConfig& config,
                                                   const std::map<std::string, std::string>& project);

// Groups globals, job, option and execution.
model::DataContext make_context(const LauncherConfig& config, const std::map<std::string, std::string>& settings,
                                const model::Execution& execution, const model::Job& job,
                                const model::RunOptions& options);

// The group `option`: visible values with ${globals.…} filled, and NAME.delimiter of multi-valued ones.
model::DataContext::Group option_group(const model::Job& job, const model::RunOptions& options,
                                       const model::DataContext& globals);

}  // namespace qd::engine
