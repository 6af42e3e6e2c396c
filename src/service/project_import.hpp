// Takes a project archive into a project: what project_export.hpp describes, made here or by the peer.
//
// Nothing goes in beyond the rights of who imports. `import` of the project lets in executions; a job needs the right
// to create or update it, the configuration, readmes and node sources `configure`, a policy the right to create or
// update the project's policies, a component its own.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "service/archive_component.hpp"
#include "service/archive_settings.hpp"
#include "service/execution_import.hpp"
#include "service/jobs.hpp"
#include "service/policies.hpp"
#include "service/projects.hpp"
#include "service/unpacked_archive.hpp"

namespace qd::service {

struct ProjectImportRequest {
  std::string project;
  bool remove_uuids = false;  // jobUuidOption=remove: every job gets a new one, unless one of its name is there
  bool validate_references = false;
  bool executions = true;
  bool config = false, node_sources = false, policies = false, scm = false;
  std::set<std::string> components;
  std::map<std::string, ComponentOptions> component_options;
};

// What went wrong with parts of it; everything else was imported.
struct ProjectImportOutcome {
  std::vector<std::string> job_errors, execution_errors, policy_errors, scm_errors, other_errors;
  std::size_t jobs = 0, executions = 0;  // imported

  bool successful() const { return job_errors.empty(); }
};

struct ImportParts {
  Projects& projects;
  Jobs& jobs;
  Policies& policies;
  ExecutionImport& executions;
  const ArchiveComponents& components;
  Audit& audit;
};

// Thread-safe; blocks on database and files. Memory does not grow with the archive, but for 32 bytes an execution.
class ProjectImport {
 public:
  ProjectImport(ImportParts parts, const ArchiveSettings& settings) : parts_(parts), settings_(settings) {}

  // Whether `who` may ask for this at all; run() looks again.
  Result<> check(const auth::Identity& who, const ProjectImportRequest& request);
  // `archive` is the file's path. Errors: nothing of it can be imported.
  Result<ProjectImportOutcome> run(const auth::Identity& who, const ProjectImportRequest& request,
                                   const std::string& archive, ArchiveProgress& progress);

 private:
  struct Work;
  bool wants(const ProjectImportRequest& request, const std::string& path) const;
  void take_jobs(Work& work);
  void take_job_file(Work& work, const std::string& path);
  void take_config(Work& work);
  Result<> merge_config(Work& work);
  void take_readmes(Work& work);
  void take_scm(Work& work);
  void take_policies(Work& work);
  void take_components(Work& work);

  ImportParts parts_;
  const ArchiveSettings& settings_;
};

}  // namespace qd::service
