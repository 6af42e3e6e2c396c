// Use cases on project archives: exports and imports, at once or in the background.
//
// What goes on in the background stands in the database, so that any member tells how far it is; the file of an export
// lies on the member that made it, and any member hands it out. It goes half an hour after the last news of it.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/worker_pool.hpp"
#include "service/member_requests.hpp"
#include "service/project_export.hpp"
#include "service/project_import.hpp"
#include "store/archive_task_store.hpp"

namespace qd::service {

// A file that goes away with the last who holds it.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::string path) : path_(std::move(path)) {}
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& path() const { return path_; }
  std::uint64_t size() const;
  // At least one and at most `most` bytes.
  Result<std::string> read(std::uint64_t offset, std::size_t most) const;

 private:
  const std::string path_;
};

struct ArchiveParts {
  ProjectExport& exports;
  ProjectImport& imports;
  store::Database& database;
  const model::OwnIncarnation& self;
  MemberRequests& members;
  Audit& audit;
};

// Thread-safe; blocks on database, files and other members.
class ProjectArchives {
 public:
  ProjectArchives(ArchiveParts parts, const ArchiveSettings& settings);
  ~ProjectArchives();
  ProjectArchives(const ProjectArchives&) = delete;
  ProjectArchives& operator=(const ProjectArchives&) = delete;

  void start();          // removes what an earlier life left in the folder
  void stop() noexcept;  // what is under way ends as failed

  Result<std::shared_ptr<TemporaryFile>> export_now(const auth::Identity& who, const std::string& project,
                                                    const ExportRequest& request);
  // What he began himself; any member answers. Errors: there is no such task of his.
  Result<store::ArchiveTask> begin_export(const auth::Identity& who, const std::string& project,
                                          const ExportRequest& request);
  Result<store::ArchiveTask> export_task(const auth::Identity& who, const std::string& project,
                                         const std::string& token);
  // Bytes of an export that is done, of a task that was found, and so authorised, before.
  Result<std::string> read(const store::ArchiveTask& task, std::uint64_t offset, std::size_t most);
  // The same of a file of this member, for another one.
  Result<std::string> read_here(const std::string& token, std::uint64_t offset, std::size_t most);

  // `archive` lives until the import has ended. Errors: see ProjectImport; one goes on already.
  Result<ProjectImportOutcome> import_now(const auth::Identity& who, const ProjectImportRequest& request,
                                          const std::string& archive);
  Result<> begin_import(const auth::Identity& who, const ProjectImportRequest& request, std::string archive,
                        std::shared_ptr<const void> keeps_it);
  // The last one, whoever began it.
  Result<store::ArchiveTask> import_task(const auth::Identity& who, const std::string& project);

 private:
  struct Running {
    store::ArchiveTask task;
    std::shared_ptr<ArchiveProgress> progress;
  };
  using Work = std::function<Result<>(store::ArchiveTask& task, ArchiveProgress& progress)>;
  Result<store::ArchiveTask> begin(store::ArchiveTask task, Work work);
  void work_on(store::ArchiveTask task, const std::shared_ptr<ArchiveProgress>& progress, const Work& work) noexcept;
  void loop();
  void tell_progress();
  void clean();
  Result<> no_import_goes_on(const std::string& project);
  std::string file_of(const std::string& token) const;

  const ArchiveParts parts_;
  const ArchiveSettings& settings_;
  store::ArchiveTaskStore tasks_;
  base::WorkerPool pool_;
  std::shared_ptr<ArchiveProgress> at_once_ = std::make_shared<ArchiveProgress>();  // stops what requests wait for

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::map<std::string, Running> running_;  // by token
  std::thread thread_;
};

}  // namespace qd::service
