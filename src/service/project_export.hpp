// Writes a project as an archive: a zip file in the peer's shape, which the peer reads and `ProjectImport` too.
//
//   META-INF/MANIFEST.MF                      which server, which project, when
//   rundeck-P/jobs/job-UUID.xml
//   rundeck-P/executions/execution-ID.xml, output-ID.rdlog, state-ID.state.json
//   rundeck-P/reports/report-ID.xml           the history's lines
//   rundeck-P/files/etc/project.properties, files/readme.md, files/motd.md, files/acls/NAME.aclpolicy,
//             files/etc/scm-export.properties, files/etc/scm-import.properties
//
// Source: what the peer's ProjectService writes and reads.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "service/archive_component.hpp"
#include "service/archive_settings.hpp"
#include "service/job_cache.hpp"
#include "service/output.hpp"
#include "store/acl_store.hpp"
#include "store/execution_archive.hpp"
#include "store/execution_store.hpp"
#include "store/job_store.hpp"
#include "store/project_store.hpp"

namespace qd::service {

struct ExportRequest {
  bool all = false;
  bool jobs = false, executions = false, configs = false, readmes = false, acls = false, scm = false;
  bool only_executions = false;  // nothing but those of execution_ids
  std::vector<model::ExecutionId> execution_ids;
  std::set<std::string> components;  // by name; all of them with `all`
  std::map<std::string, ComponentOptions> component_options;
};

struct ExportParts {
  store::Database& database;
  store::ProjectStore& projects;
  store::JobStore& jobs;
  JobCache& job_cache;
  store::ExecutionStore& executions;
  store::AclStore& policies;
  Output& output;
  const ArchiveComponents& components;
  const Clock& clock;
  std::string version;  // of this server
};

// Thread-safe; blocks on database, files and other members. Memory does not grow with the project.
class ProjectExport {
 public:
  ProjectExport(ExportParts parts, const ArchiveSettings& settings) : parts_(parts), settings_(settings) {}

  // Whoever may `export` the project gets its jobs and executions, whatever he may see of them otherwise; policies and
  // components need their own right and are left out without it. Replaces what is at `path`; a file that is left by an
  // error is worth nothing.
  Result<> write(const auth::Identity& who, const std::string& project, const ExportRequest& request,
                 const std::string& path, ArchiveProgress& progress);

 private:
  struct Work;
  Result<> write_jobs(Work& work);
  Result<> write_executions(Work& work);
  Result<> write_page(Work& work, const std::vector<model::Execution>& page);
  Result<> write_execution(Work& work, const model::Execution& execution, const std::string& state);
  Result<bool> write_log(Work& work, const model::Execution& execution, const std::string& name);
  Result<> write_files(Work& work, const model::Project& project);
  Result<> write_policies(Work& work);
  Result<> write_components(Work& work);
  LogView settled_view(const model::Execution& execution, const ArchiveProgress& progress);

  ExportParts parts_;
  const ArchiveSettings& settings_;
};

}  // namespace qd::service
