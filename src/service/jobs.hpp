// Use cases on job definitions: import, export, find, delete, toggle.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "auth/identity.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "codec/job_codec.hpp"
#include "service/audit.hpp"
#include "service/average_durations.hpp"
#include "service/job_cache.hpp"
#include "store/execution_store.hpp"
#include "store/job_store.hpp"
#include "store/project_store.hpp"

namespace qd::service {

enum class OnDuplicate { skip, create, update };

struct ImportRequest {
  std::string project;
  std::string text;
  codec::JobFormat format = codec::JobFormat::xml;
  OnDuplicate on_duplicate = OnDuplicate::create;
  bool remove_uuids = false;
  bool validate_references = false;  // a reference to a job that neither the batch nor the server has fails its job
  bool from_scm = false;             // out of a repository: `scm_create` and `scm_update` are enough
};

// What became of one entry of an import.
struct ImportOutcome {
  enum class Status { succeeded, failed, skipped } status = Status::failed;
  int index = 0;                  // 1-based position in the file
  std::string uuid, name, group;  // uuid "" when there is no such job
  std::string error;
  std::vector<std::string> warnings;  // what the file says and the job goes without
};

struct SaveRequest {
  std::string uuid;
  std::string text;  // a job file with one job; uuid and project in it do not count
  codec::JobFormat format = codec::JobFormat::json;
  std::optional<std::int64_t> revision;  // that the change began from; absent: whatever is there
};

struct BulkOutcome {
  std::string id;
  std::string message;
  std::string error_code;  // "" when it worked; failed, unauthorized, notfound
};

// A step of a workflow tree, job references followed to a depth of 3, and as long as the tree has no more than some
// thousand steps: jobs that call each other in many steps would fill the memory.
struct TreeStep {
  model::Step step;
  std::string job_uuid;  // of a reference that was found
  std::vector<TreeStep> steps;
  bool hidden = false;  // whoever asks may view the job, but not read what its steps do
};

// Thread-safe; blocks on the database.
class Jobs {
 public:
  Jobs(store::JobStore& jobs, store::ProjectStore& projects, store::ExecutionStore& executions, JobCache& cache,
       const Clock& clock, std::string server_uuid, Audit& audit)
      : jobs_(jobs),
        projects_(projects),
        executions_(executions),
        durations_(executions, clock),
        cache_(cache),
        clock_(clock),
        server_uuid_(std::move(server_uuid)),
        audit_(audit) {}

  Result<std::vector<ImportOutcome>> import(const auth::Identity& who, const ImportRequest& request);
  // Those that `who` may read.
  Result<std::vector<model::Job>> export_all(const auth::Identity& who, const store::JobQuery& query);
  // Those that `who` may view.
  Result<std::vector<store::JobSummary>> list(const auth::Identity& who, const store::JobQuery& query);
  // The definitions of those that `who` may view.
  std::vector<store::StoredJob> definitions(const auth::Identity& who, const std::vector<std::string>& uuids);
  // How many of the jobs that list() gives have a tag, by tag.
  Result<std::map<std::string, std::int64_t>> tag_counts(const auth::Identity& who, const store::JobQuery& query);
  Result<StoredJobPtr> find(const auth::Identity& who, const std::string& uuid, const std::string& action = "read");
  // Replaces a definition by another one, which may have another name, and gives it back as it is stored now.
  // `conflict` when somebody saved it since `request.revision`.
  Result<store::StoredJob> save(const auth::Identity& who, const SaveRequest& request);
  // Newest first.
  Result<std::vector<store::JobRevision>> revisions(const auth::Identity& who, const std::string& uuid,
                                                    std::size_t max);
  // As it was after so many saves.
  Result<store::JobRevision> at_revision(const auth::Identity& who, const std::string& uuid, std::int64_t revision,
                                         const std::string& action = "read");
  // `from_scm`: as a repository has it no more; `scm_delete` is enough.
  Result<> remove(const auth::Identity& who, const std::string& uuid, bool from_scm = false);
  std::vector<BulkOutcome> remove_many(const auth::Identity& who, const std::vector<std::string>& uuids);

  enum class Toggle { execution, schedule };
  Result<> set_enabled(const auth::Identity& who, const std::string& uuid, Toggle toggle, bool on);
  std::vector<BulkOutcome> set_enabled_many(const auth::Identity& who, const std::vector<std::string>& uuids,
                                            Toggle toggle, bool on);

  Result<std::vector<TreeStep>> workflow_tree(const auth::Identity& who, const std::string& uuid);
  std::optional<UnixMillis> average_duration(const std::string& uuid) { return durations_.of(uuid); }
  // By uuid; without jobs that never succeeded.
  std::map<std::string, UnixMillis> average_durations(const std::vector<std::string>& uuids) {
    return durations_.of(uuids);
  }

  // What lists of executions tell of a job; empty when it is gone.
  struct Facts {
    std::string description;
    std::optional<UnixMillis> average_duration;
  };
  Facts facts(const std::string& uuid);

 private:
  Result<> check_references(const model::Job& job, const std::vector<codec::DecodedJob>& batch);
  ImportOutcome import_one(const auth::Identity& who, const ImportRequest& request,
                           const std::vector<codec::DecodedJob>& batch, std::size_t at);
  std::optional<store::StoredJob> duplicate_of(const ImportRequest& request, const model::Job& job);
  void record(const auth::Identity& who, const char* action, const model::Job& job, std::string detail = {});
  bool has_project_schedule(const std::string& uuid);
  struct TreeWalk;
  std::vector<TreeStep> tree_of(TreeWalk& walk, const model::Job& job, int depth);
  StoredJobPtr target_of(TreeWalk& walk, const model::JobRefStep& reference, const std::string& project);
  Result<> check_save(const auth::Identity& who, const model::Job& job, const std::optional<store::StoredJob>& existing,
                      bool from_scm = false);

  store::JobStore& jobs_;
  store::ProjectStore& projects_;
  store::ExecutionStore& executions_;
  AverageDurations durations_;
  JobCache& cache_;
  const Clock& clock_;
  std::string server_uuid_;
  Audit& audit_;
};

}  // namespace qd::service
