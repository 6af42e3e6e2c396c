// Use cases on executions: run, retry, query, abort, delete.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "auth/identity.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "engine/launcher.hpp"
#include "service/access.hpp"
#include "service/audit.hpp"
#include "service/job_cache.hpp"
#include "service/run_places.hpp"
#include "store/execution_store.hpp"
#include "store/project_store.hpp"

namespace qd::service {

// What a person or program says when it runs a job.
struct RunOptions {
  std::map<std::string, std::string> options;             // by name
  std::map<std::string, std::vector<std::string>> lists;  // several values of one option, by name
  std::optional<std::string> log_level;
  std::optional<std::string> node_filter;
  std::optional<std::string> as_user;
  std::optional<std::string> run_at;  // ISO 8601, as given
  std::map<std::string, std::string> meta;
};

struct AdHocRequest {
  std::string project;
  model::Step step;
  std::optional<std::string> node_filter;
  std::optional<std::string> threadcount;
  std::optional<bool> keepgoing;
  std::optional<std::string> as_user;
};

struct RemovalFailure {
  std::string id;
  std::string message;
};
struct Removal {
  std::size_t requested = 0;
  std::vector<RemovalFailure> failures;
};

// Thread-safe; blocks on the database.
class Executions {
 public:
  Executions(store::ExecutionStore& executions, store::ProjectStore& projects, JobCache& jobs,
             engine::Launcher& launcher, const Clock& clock, std::string log_root, Audit& audit,
             std::function<void(const model::Execution&)> removed = {})
      : executions_(executions),
        projects_(projects),
        jobs_(jobs),
        places_(projects, jobs),
        launcher_(launcher),
        clock_(clock),
        log_root_(std::move(log_root)),
        audit_(audit),
        removed_(std::move(removed)) {}

  struct Started {
    model::Execution execution;
    std::string job_description;
  };
  Result<Started> run_job(const auth::Identity& who, const std::string& job_uuid, RunOptions options);
  // Options that are not given are those of the execution. With `failed_only`, on the nodes on which it failed.
  Result<Started> retry(const auth::Identity& who, const std::string& job_uuid, const std::string& execution_id,
                        RunOptions options, bool failed_only);
  Result<model::Execution> run_ad_hoc(const auth::Identity& who, AdHocRequest request);

  Result<model::Execution> find(const auth::Identity& who, const std::string& id, const std::string& action = "view");
  // `query.project` "" or "*": all projects whose events `who` may read. Executions of jobs that he may not see are
  // left out of the page; the total counts them.
  Result<store::ExecutionPage> query(const auth::Identity& who, store::ExecutionQuery query);
  Result<store::ExecutionMetrics> metrics(const auth::Identity& who, store::ExecutionQuery query);
  Result<std::vector<store::ExecutionTally>> tallies(const auth::Identity& who, store::ExecutionQuery query);
  // How often each of these jobs of a project has ended, by uuid; empty when `who` may not read its events.
  std::map<std::string, store::JobHistory> histories(const auth::Identity& who, const std::string& project,
                                                     const std::vector<std::string>& job_uuids);
  // The document of "Execution State" of an execution that was found, and so authorised, before; an empty object when
  // nothing is known yet.
  JsonObject state_of(model::ExecutionId id);
  // The document that its job left behind, of an execution that was found before; nullopt: there is none.
  std::optional<Json> result_data(model::ExecutionId id);
  // What changed of it at `since` or after it (0: all), in brief, when it runs on this member (see
  // codec::state_changes_to_json); else, or when its loop is too busy, the whole document. nullopt: nothing changed.
  struct StateNews {
    JsonObject document;
    std::optional<UnixMillis> as_of;  // the next `since`; nullopt: `document` is a whole one
  };
  std::optional<StateNews> state_since(model::ExecutionId id, UnixMillis since);

  Result<engine::AbortOutcome> abort(const auth::Identity& who, const std::string& id,
                                     const std::optional<std::string>& as_user, bool force_incomplete);
  Result<> remove(const auth::Identity& who, const std::string& id);
  Removal remove_many(const auth::Identity& who, const std::vector<std::string>& ids);
  Result<Removal> remove_of_job(const auth::Identity& who, const std::string& job_uuid);

  // The same as query(), but for the page: executions that he may not see are among them.
  Result<store::ExecutionPage> query_all(const auth::Identity& who, store::ExecutionQuery query);
  // Deletes an execution that has ended, with its files; false when it runs, or is gone. On nobody's behalf.
  bool erase(const model::Execution& execution);

  // As it is now, of an execution that was found, and so authorised, before; nullopt when it was deleted meanwhile.
  std::optional<model::Execution> current(model::ExecutionId id) { return executions_.find(id); }

 private:
  static Result<> join_lists(const model::Job& job, RunOptions& options);
  // `as_user`, when `decision` lets `who` act in another's name.
  static Result<std::string> acting_user(const auth::Identity& who, const std::optional<std::string>& as_user,
                                         const Decision& decision, const std::string& what, const std::string& id);
  // Starts it, and tells the audit trail.
  Result<model::Execution> launch(const auth::Identity& who, engine::RunRequest request,
                                  const std::map<std::string, std::string>* project_config = nullptr);
  // What run_job() and retry() have in common: the job, who runs it as whom, and the option values, which it takes.
  struct RunOfJob {
    engine::RunRequest request;
    RunPlacePtr place;
  };
  Result<RunOfJob> request_to_run(const auth::Identity& who, const std::string& job_uuid, RunPlacePtr place,
                                  RunOptions& options);
  Result<Started> run_job_at(const auth::Identity& who, const std::string& job_uuid, RunPlacePtr place,
                             RunOptions options, std::optional<store::PlaceVersion> unchanged);
  Result<Started> launch_job(const auth::Identity& who, RunOfJob run);
  Result<> narrow_to_visible(const auth::Identity& who, store::ExecutionQuery& query);
  JsonObject stored_state(model::ExecutionId id);  // as it was last saved

  store::ExecutionStore& executions_;
  store::ProjectStore& projects_;
  JobCache& jobs_;
  RunPlaces places_;
  engine::Launcher& launcher_;
  const Clock& clock_;
  std::string log_root_;
  Audit& audit_;
  const std::function<void(const model::Execution&)> removed_;  // copies of its files elsewhere are to go, too
};

}  // namespace qd::service
