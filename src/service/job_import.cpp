// Jobs::import: what a job file's entries become.
#include <algorithm>

#include "base/id.hpp"
#include "base/logging.hpp"
#include "model/job_rules.hpp"
#include "service/access.hpp"
#include "service/errors.hpp"
#include "service/jobs.hpp"

namespace qd::service {
namespace {

std::string format_name(codec::JobFormat format) {
  switch (format) {
    case codec::JobFormat::xml:
      return "xml";
    case codec::JobFormat::yaml:
      return "yaml";
    case codec::JobFormat::json:
      return "json";
  }
  return "";
}

const model::JobRefStep* reference_of(const model::Step& step) {
  return std::get_if<model::JobRefStep>(&step.action);
}

// Every job reference of a workflow, those of error handlers too.
std::vector<const model::JobRefStep*> references_of(const model::Job& job) {
  std::vector<const model::JobRefStep*> references;
  for (const model::Step& step : job.workflow.steps) {
    if (const auto* reference = reference_of(step)) references.push_back(reference);
    for (const model::Step& handler : step.error_handler) {
      if (const auto* reference = reference_of(handler)) references.push_back(reference);
    }
  }
  return references;
}

bool in_batch(const std::vector<codec::DecodedJob>& batch, const model::JobRefStep& reference, bool by_uuid) {
  return std::any_of(batch.begin(), batch.end(), [&](const codec::DecodedJob& entry) {
    if (!entry.job) return false;
    return by_uuid ? entry.job->uuid == reference.uuid
                   : entry.job->name == reference.name && entry.job->group == reference.group;
  });
}

std::string why_not_saved(store::JobStore::SaveOutcome saved, const std::string& uuid) {
  if (saved == store::JobStore::SaveOutcome::uuid_taken) {
    return "A job with the specified ID already exists: " + uuid +
           ". Import with dupeOption=update to change it, or with uuidOption=remove to make a new one.";
  }
  return "The job was changed or deleted by somebody else meanwhile. Import it again.";
}

}  // namespace

Result<std::vector<ImportOutcome>> Jobs::import(const auth::Identity& who, const ImportRequest& request) {
  if (!projects_.find(request.project)) return no_such_project(request.project);
  const auto batch = codec::decode_jobs(request.text, request.format);
  if (!batch) {
    Error error = batch.error();
    if (error.kind == ErrorKind::invalid) {
      error.message = "Jobs Document was invalid for format " + format_name(request.format) + ": " + error.message;
      error.code = "api.error.jobs.import.invalid";
    }
    return fail(std::move(error));
  }
  if (batch->empty()) {
    return fail(ErrorKind::invalid, "Jobs Document did not define any jobs, or was invalid",
                "api.error.jobs.import.empty");
  }
  std::vector<ImportOutcome> outcomes;
  for (std::size_t at = 0; at < batch->size(); ++at) outcomes.push_back(import_one(who, request, *batch, at));
  return outcomes;
}

std::optional<store::StoredJob> Jobs::duplicate_of(const ImportRequest& request, const model::Job& job) {
  if (request.on_duplicate == OnDuplicate::create) return std::nullopt;
  if (!job.uuid.empty()) {
    auto found = jobs_.find(job.uuid);
    if (found && found->job.project == request.project) return found;
    return std::nullopt;
  }
  auto found = jobs_.find_by_name(request.project, job.group, job.name);
  if (found.size() != 1) return std::nullopt;
  return std::move(found.front());
}

// A job that changes its name becomes another one to the policies: it must be allowed under both names.
Result<> Jobs::check_save(const auth::Identity& who, const model::Job& job,
                          const std::optional<store::StoredJob>& existing, bool from_scm) {
  const auto may = [&](const model::Job& one, const char* action) {
    return allowed(who, job_decision(one, std::string(from_scm ? "scm_" : "") + action));
  };
  const auto refused = [&](const char* action) {
    return fail(ErrorKind::unauthorized, std::string("Unauthorized: ") + action + " Job " + job.path());
  };
  if (!existing) {
    if (!may(job, "create")) return refused("Create");
    return {};
  }
  const bool renamed = existing->job.name != job.name || existing->job.group != job.group;
  if (!may(existing->job, "update")) return refused("Update");
  if (renamed && (!may(job, "create") || !may(job, "update"))) return refused("Create");
  return {};
}

// Each reference of `job` must find a job, in the same file or stored.
Result<> Jobs::check_references(const model::Job& job, const std::vector<codec::DecodedJob>& batch) {
  for (const model::JobRefStep* reference : references_of(job)) {
    const bool by_uuid = !reference->uuid.empty() && !reference->use_name;
    if (in_batch(batch, *reference, by_uuid)) continue;
    const std::string project = reference->project.empty() ? job.project : reference->project;
    const bool known = by_uuid ? jobs_.revision(reference->uuid).has_value()
                               : !jobs_.find_by_name(project, reference->group, reference->name).empty();
    if (known) continue;
    const std::string target =
        by_uuid ? reference->uuid : (reference->group.empty() ? "" : reference->group + "/") + reference->name;
    return fail(ErrorKind::invalid, "The job reference to \"" + target + "\" finds no job in project " + project +
                                        ". Import that job first or in the same file, or correct the reference.");
  }
  return {};
}

ImportOutcome Jobs::import_one(const auth::Identity& who, const ImportRequest& request,
                               const std::vector<codec::DecodedJob>& batch, std::size_t at) {
  const codec::DecodedJob& entry = batch[at];
  ImportOutcome outcome;
  outcome.index = static_cast<int>(at) + 1;
  outcome.name = entry.name;
  outcome.group = entry.group;
  if (!entry.job) {
    outcome.error = entry.job.error().message;
    return outcome;
  }
  model::Job job = *entry.job;
  job.project = request.project;
  if (request.remove_uuids) job.uuid.clear();
  outcome.uuid = job.uuid;
  if (const auto flaw = model::find_schedule_flaw(job, clock_.now())) {
    outcome.error = "job " + std::to_string(outcome.index) + " (\"" + job.name + "\"): " + flaw->message + ".";
    return outcome;
  }

  if (request.validate_references) {
    if (auto found = check_references(job, batch); !found) {
      outcome.error = found.error().message;
      return outcome;
    }
  }
  const auto existing = duplicate_of(request, job);
  if (existing) job.uuid = existing->job.uuid;
  outcome.uuid = job.uuid;
  if (existing && request.on_duplicate == OnDuplicate::skip) {
    outcome.status = ImportOutcome::Status::skipped;
    outcome.error = "A Job named '" + job.name + "' already exists";
    return outcome;
  }
  if (job.uuid.empty()) job.uuid = base::new_uuid();
  if (auto right = check_save(who, job, existing, request.from_scm); !right) {
    outcome.error = right.error().message;
    return outcome;
  }

  const store::JobSaver by(who.user, who.roles);
  const auto saved =
      existing ? jobs_.update(job, by, server_uuid_, clock_.now()) : jobs_.create(job, by, server_uuid_, clock_.now());
  if (saved != store::JobStore::SaveOutcome::saved) {
    outcome.error = why_not_saved(saved, job.uuid);
    return outcome;
  }
  outcome.status = ImportOutcome::Status::succeeded;
  outcome.uuid = job.uuid;
  outcome.warnings = entry.ignored;
  for (const auto& warning : outcome.warnings) base::log_warn("jobs", "job \"" + job.path() + "\": " + warning);
  record(who, existing ? audit::kUpdate : audit::kCreate, job, request.from_scm ? "scm-import" : "");
  return outcome;
}

}  // namespace qd::service
