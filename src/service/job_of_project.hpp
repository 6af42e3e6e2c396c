// The job that a file from elsewhere names.
#pragma once

#include <optional>
#include <string>

#include "store/job_store.hpp"

namespace qd::service {

// The job of the project with this uuid, else the oldest one of this path ("group/name"). A file that comes from
// another project or server names jobs whose uuids may be others here.
std::optional<store::StoredJob> job_of_project(store::JobStore& jobs, const std::string& project,
                                               const std::string& uuid, const std::string& path);

}  // namespace qd::service
