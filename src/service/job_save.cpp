// Jobs::save and the revisions that saving leaves behind.
#include "model/job_rules.hpp"
#include "service/errors.hpp"
#include "service/jobs.hpp"

namespace qd::service {
namespace {

Result<model::Job> only_job(const SaveRequest& request) {
  const auto batch = codec::decode_jobs(request.text, request.format);
  if (!batch) return fail(batch.error());
  if (batch->size() != 1) {
    return fail(ErrorKind::invalid, "Expected the definition of one job, not of " + std::to_string(batch->size()) + ".",
                "api.error.job.definition");
  }
  return batch->front().job;
}

}  // namespace

Result<store::StoredJob> Jobs::save(const auth::Identity& who, const SaveRequest& request) {
  if (const auto right = find(who, request.uuid, "update"); !right) return fail(right.error());
  const auto existing = jobs_.find(request.uuid);
  if (!existing) return no_such("Job ID", request.uuid);
  auto decoded = only_job(request);
  if (!decoded) return fail(decoded.error());
  model::Job job = std::move(*decoded);
  job.uuid = request.uuid;
  job.project = existing->job.project;
  if (const auto flaw = model::find_schedule_flaw(job, clock_.now())) {
    return fail(ErrorKind::invalid, "job \"" + job.name + "\": " + flaw->message + ".", "api.error.job.definition");
  }
  if (auto right = check_save(who, job, existing); !right) return fail(right.error());

  using Saved = store::JobStore::SaveOutcome;
  const Saved saved = jobs_.update(job, who.user, server_uuid_, clock_.now(), request.revision);
  if (saved == Saved::missing) return no_such("Job ID", request.uuid);
  if (saved != Saved::saved) {
    return fail(ErrorKind::conflict,
                existing->updated_by + " saved this job since you opened it. Look at that version, and save again.",
                "api.error.job.changed");
  }
  record(who, audit::kUpdate, job);
  auto stored = jobs_.find(request.uuid);
  if (!stored) return no_such("Job ID", request.uuid);
  return std::move(*stored);
}

Result<std::vector<store::JobRevision>> Jobs::revisions(const auth::Identity& who, const std::string& uuid,
                                                        std::size_t max) {
  if (const auto job = find(who, uuid); !job) return fail(job.error());
  return jobs_.revisions(uuid, max);
}

Result<store::JobRevision> Jobs::at_revision(const auth::Identity& who, const std::string& uuid, std::int64_t revision,
                                             const std::string& action) {
  if (const auto job = find(who, uuid, action); !job) return fail(job.error());
  auto found = jobs_.at_revision(uuid, revision);
  if (!found) return no_such("Revision", std::to_string(revision));
  return std::move(*found);
}

}  // namespace qd::service
