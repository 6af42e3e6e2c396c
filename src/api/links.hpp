// The absolute URLs that answers carry.
#pragma once

#include <string>

#include "api/route.hpp"
#include "model/execution.hpp"

namespace qd::api {

std::string api_url(const Services& services, const std::string& path);  // "/project/x" → http://host/api/59/project/x
std::string project_href(const Services& services, const std::string& project);
std::string job_href(const Services& services, const std::string& uuid);
std::string job_permalink(const Services& services, const std::string& project, const std::string& uuid);
std::string execution_href(const Services& services, model::ExecutionId id);
std::string execution_permalink(const Services& services, const std::string& project, model::ExecutionId id);

}  // namespace qd::api
