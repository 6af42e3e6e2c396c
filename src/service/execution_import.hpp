// The executions of a project archive: each gets a new id, and keeps times, outcome, log and state.
#pragma once

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "codec/archive_execution.hpp"
#include "model/member.hpp"
#include "service/archive_settings.hpp"
#include "service/unpacked_archive.hpp"
#include "store/execution_archive.hpp"
#include "store/job_store.hpp"
#include "store/log_storage_store.hpp"

namespace qd::service {

// What became of the archive's jobs, by the ids that they had there.
struct ImportedJobs {
  std::map<std::string, std::string> by_old_id;
  std::set<std::string> refused;  // their executions stay out
};

struct ImportedExecutions {
  std::size_t imported = 0;
  std::vector<std::string> errors;
};

struct ExecutionImportParts {
  store::Database& database;
  store::JobStore& jobs;
  const model::OwnIncarnation& self;
  const Clock& clock;
  std::string log_root;
  bool logs_are_stored = false;  // there is a log store, which is to have them too
};

// Thread-safe; blocks on database and files.
class ExecutionImport {
 public:
  explicit ExecutionImport(ExecutionImportParts parts) : parts_(std::move(parts)) {}

  // Those of jobs that were not imported belong to the job of the same id in `project`, or to none. What had not ended
  // ends as aborted. Logs move out of the archive to where this member keeps its own.
  ImportedExecutions run(const std::string& project, const UnpackedArchive& archive, const ImportedJobs& jobs,
                         ArchiveProgress& progress);

 private:
  struct Work;
  struct Prepared;
  void take_file(Work& work, const std::string& path);
  bool prepare(Work& work, const std::string& path, codec::ArchivedExecution&& archived);
  void settle_job(Work& work, model::Execution& execution);
  void settle_log(Work& work, const std::string& path, const codec::ArchivedExecution& archived, Prepared& prepared);
  std::string state_of(Work& work, const codec::ArchivedExecution& archived, bool was_running);
  void write(Work& work);
  void link_retries(Work& work);

  const ExecutionImportParts parts_;
};

}  // namespace qd::service
