// Finds jobs by what the options -j, -i and their like say.
#pragma once

#include <string>
#include <vector>

#include "cli/context.hpp"

namespace qd::cli {

// "a/b/name" → {"a/b", "name"}; "name" → {"", "name"}.
std::pair<std::string, std::string> split_job_path(const std::string& path);

// The id of the one job that job_options() name. Errors list what matched when it is not one.
Result<std::string> find_job_id(const Context& context);

// The query that job_filter_options() make.
Query job_filter_query(const Arguments& args);
// The ids of all jobs that job_filter_options() match; an error when no filter is given.
Result<std::vector<std::string>> find_job_ids(const Context& context);

}  // namespace qd::cli
