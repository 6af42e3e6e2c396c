#include "api/links.hpp"

#include "base/text.hpp"

namespace qd::api {

std::string api_url(const Services& services, const std::string& path) {
  return services.server_url + "/api/" + std::to_string(kCurrentVersion) + path;
}

std::string project_href(const Services& services, const std::string& project) {
  return api_url(services, "/project/" + base::percent_encode(project));
}

std::string job_href(const Services& services, const std::string& uuid) {
  return api_url(services, "/job/" + base::percent_encode(uuid));
}

std::string job_permalink(const Services& services, const std::string& project, const std::string& uuid) {
  return services.server_url + "/project/" + base::percent_encode(project) + "/job/show/" + base::percent_encode(uuid);
}

std::string execution_href(const Services& services, model::ExecutionId id) {
  return api_url(services, "/execution/" + std::to_string(id));
}

std::string execution_permalink(const Services& services, const std::string& project, model::ExecutionId id) {
  return services.server_url + "/project/" + base::percent_encode(project) + "/execution/show/" + std::to_string(id);
}

}  // namespace qd::api
