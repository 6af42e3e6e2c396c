#include "service/job_of_project.hpp"

namespace qd::service {

std::optional<store::StoredJob> job_of_project(store::JobStore& jobs, const std::string& project,
                                               const std::string& uuid, const std::string& path) {
  if (auto job = jobs.find(uuid); job && job->job.project == project) return job;
  if (path.empty()) return std::nullopt;
  const std::size_t slash = path.rfind('/');
  const bool top = slash == std::string::npos;
  auto same = jobs.find_by_name(project, top ? "" : path.substr(0, slash), top ? path : path.substr(slash + 1));
  if (same.empty()) return std::nullopt;
  return std::move(same.front());
}

}  // namespace qd::service
