// Jobs::executed.
#include "service/access.hpp"
#include "service/jobs.hpp"

namespace qd::service {

std::optional<Executed> Jobs::executed(const auth::Identity& who, const model::Execution& execution) {
  if (execution.job_uuid.empty()) {
    if (!execution.ad_hoc) return std::nullopt;
    return Executed{*execution.ad_hoc, true};
  }
  auto job = execution.ad_hoc ? execution.ad_hoc : jobs_.at_revision(execution.job_uuid, execution.job_revision);
  if (!job) return std::nullopt;
  job->uuid = execution.job_uuid;
  job->project = execution.project;
  job->name = execution.job_name;
  job->group = execution.job_group;
  const bool readable = allowed(who, job_decision(*job, "read"));
  return Executed{std::move(*job), readable};
}

}  // namespace qd::service
