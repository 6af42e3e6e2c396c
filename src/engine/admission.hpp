// Turns a request to run into a row, or says why not.
#pragma once

#include "engine/run.hpp"
#include "model/member.hpp"

namespace qd::engine {

// What a job may not run for: `project_config` is the job's project's.
Result<void> check_enabled(const model::Job& job, const std::map<std::string, std::string>& project_config);

// The job as this run sees it: with the nodes that the request chose.
model::Job with_chosen_nodes(RunRequest& request);

// Everything but the row's id and status: options resolved, texts made.
Result<RunPlan> make_plan(const LauncherParts& parts, const model::Incarnation& here, RunRequest request,
                          std::map<std::string, std::string> project_config);

// How many executions of the job may run at once; nullopt: any number.
std::optional<std::int64_t> running_limit(const model::Job& job);

// How many executions of the job may wait in its queue; nullopt: it has none. Field `jobQueue` of a job (ours):
// {"enabled": true, "size": 5}; size 0 or absent: any number.
std::optional<std::int64_t> queue_size(const model::Job& job);

// "echo hi [... 3 steps]": what lists show.
std::string summary_of(const model::Workflow& workflow);

// Where the log of a new execution goes, below the log root.
std::string new_log_path(const model::Execution& execution);

}  // namespace qd::engine
