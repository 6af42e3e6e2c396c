// Where in a repository a job's file lies.
#pragma once

#include <string>

#include "base/result.hpp"

namespace qd::scm {

struct PathFacts {
  std::string id, source_id, name, group, project;  // source_id "": none
};

// The peer's template: ${job.group}${job.name}-${job.id}.${config.format}. ${job.group} is "" or ends with a slash,
// ${job.sourceId} is the id where there is none; other references stay as they are.
std::string job_path(const std::string& path_template, const std::string& format, const PathFacts& job);

// Is it a file of the repository that jobs may be in? Refused is what leads out of it, what git keeps for itself, and
// what other systems would read as one of both.
Result<> check_path(const std::string& path);

}  // namespace qd::scm
