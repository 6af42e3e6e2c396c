#include "service/project_import.hpp"

#include "base/properties.hpp"
#include "service/access.hpp"
#include "service/archive_layout.hpp"
#include "service/errors.hpp"
#include "service/scm_settings.hpp"

namespace qd::service {
namespace {

constexpr std::string_view kSourcePrefix = "resources.source.";
constexpr std::string_view kPolicyEnd = ".aclpolicy";
constexpr std::size_t kMostErrors = 1'000;  // of a kind; more are no news

std::string in_files(const std::string& name) {
  return archive_layout::files + name;
}

bool is_between(const std::string& path, const std::string& start, std::string_view end) {
  return path.starts_with(start) && path.ends_with(end) && path.find('/', start.size()) == std::string::npos &&
         path.size() > start.size() + end.size();
}

bool is_execution_file(const std::string& path) {
  const std::string executions = archive_layout::executions;
  return is_between(path, executions + "execution-", ".xml") || is_between(path, executions + "output-", ".rdlog") ||
         is_between(path, executions + "output-", ".txt") || is_between(path, executions + "state-", ".state.json") ||
         is_between(path, std::string(archive_layout::reports) + "report-", ".xml");
}

bool is_readme(const std::string& path) {
  return path == in_files(archive_layout::readmes[0]) || path == in_files(archive_layout::readmes[1]);
}

void note(std::vector<std::string>& errors, std::string error) {
  if (errors.size() < kMostErrors) errors.push_back(std::move(error));
}

std::string shown_job(const ImportOutcome& outcome) {
  return "\"" + (outcome.group.empty() ? "" : outcome.group + "/") + outcome.name + "\"" +
         (outcome.uuid.empty() ? "" : " (" + outcome.uuid + ")");
}

}  // namespace

struct ProjectImport::Work {
  const auth::Identity& who;
  const ProjectImportRequest& request;
  const UnpackedArchive& archive;
  ArchiveProgress& progress;
  ProjectImportOutcome outcome = {};
  ImportedJobs jobs = {};
};

Result<> ProjectImport::check(const auth::Identity& who, const ProjectImportRequest& request) {
  const auto& project = request.project;
  if (!parts_.projects.exists(project)) return no_such_project(project);
  if (auto right = require(who, {"project", "import", project}, "Project", project); !right) return right;
  if (request.config || request.node_sources || request.scm) {
    if (auto right = require(who, {"project", "configure", project}, "Project", project); !right) return right;
  }
  if (request.policies) return require(who, {"project_acl", "create", project}, "ACL for Project", project);
  return {};
}

bool ProjectImport::wants(const ProjectImportRequest& request, const std::string& path) const {
  if (is_between(path, std::string(archive_layout::jobs) + "job-", ".xml")) return true;
  if (request.executions && is_execution_file(path)) return true;
  if (path == in_files(archive_layout::config)) return request.config || request.node_sources;
  if (is_readme(path)) return request.config;
  if (is_between(path, in_files(archive_layout::policies), kPolicyEnd)) return request.policies;
  if (is_between(path, in_files("etc/scm-"), ".properties")) return request.scm;
  for (const auto& component : parts_.components) {
    if (request.components.contains(component->name()) && component->takes(path)) return true;
  }
  return false;
}

Result<ProjectImportOutcome> ProjectImport::run(const auth::Identity& who, const ProjectImportRequest& request,
                                                const std::string& archive, ArchiveProgress& progress) {
  if (auto right = check(who, request); !right) return fail(right.error());
  const auto wanted = [&](const std::string& path) { return wants(request, path); };
  const auto unpacked = UnpackedArchive::open(archive, settings_, wanted, progress);
  if (!unpacked) return fail(unpacked.error());
  progress.expect(static_cast<std::int64_t>((*unpacked)->paths().size()));
  Work work{who, request, **unpacked, progress};
  take_jobs(work);
  if (request.executions) {
    auto taken = parts_.executions.run(request.project, work.archive, work.jobs, progress);
    work.outcome.executions = taken.imported;
    for (auto& error : taken.errors) note(work.outcome.execution_errors, std::move(error));
  }
  take_config(work);
  take_readmes(work);
  take_policies(work);
  take_scm(work);
  take_components(work);
  parts_.audit.record(
      who, {audit::kImport, audit::kProject, request.project, request.project,
            std::to_string(work.outcome.jobs) + " jobs, " + std::to_string(work.outcome.executions) + " executions"});
  if (progress.stopped()) return archive_layout::stopped();
  return std::move(work.outcome);
}

void ProjectImport::take_jobs(Work& work) {
  for (const auto& path : work.archive.matching(archive_layout::jobs, "job-", ".xml")) {
    if (work.progress.stopped()) return;
    take_job_file(work, path);
    work.progress.done();
  }
}

void ProjectImport::take_job_file(Work& work, const std::string& path) {
  auto text = work.archive.text(path);
  if (!text) return note(work.outcome.job_errors, text.error().message);
  // The ids that the jobs had, by which the archive's executions name them.
  std::vector<std::string> old_ids;
  if (const auto decoded = codec::decode_jobs(*text, codec::JobFormat::xml)) {
    for (const auto& entry : *decoded) old_ids.push_back(entry.job ? entry.job->uuid : "");
  }
  const auto outcomes = parts_.jobs.import(work.who, {.project = work.request.project,
                                                      .text = std::move(*text),
                                                      .format = codec::JobFormat::xml,
                                                      .on_duplicate = OnDuplicate::update,
                                                      .remove_uuids = work.request.remove_uuids,
                                                      .validate_references = work.request.validate_references});
  if (!outcomes) return note(work.outcome.job_errors, path + ": " + outcomes.error().message);
  for (const auto& one : *outcomes) {
    const auto at = static_cast<std::size_t>(one.index) - 1;
    const std::string old_id = at < old_ids.size() ? old_ids[at] : "";
    if (one.status == ImportOutcome::Status::succeeded) {
      ++work.outcome.jobs;
      if (!old_id.empty()) work.jobs.by_old_id[old_id] = one.uuid;
      continue;
    }
    note(work.outcome.job_errors, "Job " + shown_job(one) + " of " + path + " could not be imported: " + one.error);
    if (!old_id.empty()) work.jobs.refused.insert(old_id);
  }
}

void ProjectImport::take_config(Work& work) {
  const auto path = in_files(archive_layout::config);
  if (!work.archive.holds(path)) return;
  if (auto done = merge_config(work); !done)
    note(work.outcome.other_errors, path + " was not imported: " + done.error().message);
  work.progress.done();
}

// Node sources are either all those of the archive, or those that are there already.
Result<> ProjectImport::merge_config(Work& work) {
  const auto& request = work.request;
  const auto text = work.archive.text(in_files(archive_layout::config));
  if (!text) return fail(text.error());
  const auto entries = base::parse_properties(*text);
  if (!entries) return fail(entries.error());
  auto now = parts_.projects.config(work.who, request.project);
  if (!now) return fail(now.error());
  ProjectConfig merged;
  const auto is_source = [](const std::string& key) { return key.starts_with(kSourcePrefix); };
  for (auto& [key, value] : *now) {
    const bool stays = is_source(key) ? !request.node_sources : !request.config;
    if (stays) merged[key] = value;
  }
  const std::string_view mark = archive_layout::base_mark;
  for (const auto& entry : *entries) {
    if (!(is_source(entry.key) ? request.node_sources : request.config) || entry.key == "project.name") continue;
    std::string value = entry.value;
    if (value.starts_with(mark)) {
      value = archive_layout::project_folder(settings_.projects_folder, request.project) + value.substr(mark.size());
    }
    merged[entry.key] = std::move(value);
  }
  return parts_.projects.replace_config(work.who, request.project, std::move(merged)).map([](const auto&) {});
}

void ProjectImport::take_readmes(Work& work) {
  for (const char* name : archive_layout::readmes) {
    const auto path = in_files(name);
    if (!work.archive.holds(path)) continue;
    work.progress.done();
    const auto text = work.archive.text(path);
    if (text && text->empty()) continue;
    auto done =
        text ? parts_.projects.put_file(work.who, work.request.project, name, *text) : Result<>(fail(text.error()));
    if (!done) note(work.outcome.other_errors, path + " was not imported: " + done.error().message);
  }
}

// What the project has of its own stays. Whoever imports stands for it from now on.
void ProjectImport::take_scm(Work& work) {
  const auto& project = work.request.project;
  for (const auto integration : {Integration::exporting, Integration::importing}) {
    const auto name = stored_scm_path(integration);
    const auto path = in_files(name);
    if (!work.archive.holds(path)) continue;
    work.progress.done();
    if (parts_.projects.file(work.who, project, name)) continue;
    const auto text = work.archive.text(path);
    auto stored = text ? read_stored_scm(integration, *text) : Result<StoredScm>(fail(text.error()));
    if (!stored) {
      note(work.outcome.scm_errors, path + " was not imported: " + stored.error().message);
      continue;
    }
    stored->user = work.who.user;
    stored->roles = work.who.roles;
    const auto done = parts_.projects.put_file(work.who, project, name, write_stored_scm(integration, *stored));
    if (!done) note(work.outcome.scm_errors, path + " was not imported: " + done.error().message);
  }
}

void ProjectImport::take_policies(Work& work) {
  const std::string folder = in_files(archive_layout::policies);
  for (const auto& path : work.archive.matching(folder, "", std::string(kPolicyEnd))) {
    work.progress.done();
    const auto name = path.substr(folder.size());
    const auto text = work.archive.text(path);
    if (!text) {
      note(work.outcome.policy_errors, text.error().message);
      continue;
    }
    auto flaws = parts_.policies.create(work.who, work.request.project, name, *text);
    if (!flaws && flaws.error().kind == ErrorKind::conflict)
      flaws = parts_.policies.update(work.who, work.request.project, name, *text);
    if (!flaws) {
      note(work.outcome.policy_errors, path + ": " + flaws.error().message);
      continue;
    }
    for (const auto& flaw : *flaws) {
      for (const auto& error : flaw.errors) note(work.outcome.policy_errors, path + ": " + flaw.policy + ": " + error);
    }
  }
}

void ProjectImport::take_components(Work& work) {
  const auto& request = work.request;
  std::set<std::string> unknown = request.components;
  for (const auto& component : parts_.components) {
    const auto name = component->name();
    if (unknown.erase(name) == 0) continue;
    if (!component->may_import(work.who, request.project)) {
      note(work.outcome.other_errors, name + ": you have no right to import it into project " + request.project + ".");
      continue;
    }
    ComponentFiles files;
    for (const auto& path : work.archive.paths()) {
      if (!component->takes(path)) continue;
      work.progress.done();
      auto text = work.archive.text(path);
      if (text) {
        files[path] = std::move(*text);
      } else {
        note(work.outcome.other_errors, name + ": " + text.error().message);
      }
    }
    if (files.empty()) continue;
    const auto options = request.component_options.find(name);
    const auto errors =
        component->read(work.who, request.project, files,
                        options == request.component_options.end() ? ComponentOptions() : options->second);
    for (const auto& error : errors) note(work.outcome.other_errors, name + ": " + error);
  }
  for (const auto& name : unknown)
    note(work.outcome.other_errors, name + ": this server knows no such part of a project; it was not imported.");
}

}  // namespace qd::service
