// Jobs and git repositories: setting an integration up, its state, and its actions.
//
// An export writes jobs into a repository, an import takes jobs from one; a project has at most one of each. What is
// configured is in the database, so that every member knows it; each member has working copies of its own, which it
// makes when they are missing.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "auth/identity.hpp"
#include "base/repeating_thread.hpp"
#include "base/result.hpp"
#include "base/worker_pool.hpp"
#include "service/audit.hpp"
#include "service/jobs.hpp"
#include "service/scm_copies.hpp"
#include "service/scm_views.hpp"
#include "store/job_scm_store.hpp"
#include "store/job_store.hpp"
#include "store/profile_store.hpp"
#include "store/project_store.hpp"
#include "vault/secret_reader.hpp"

namespace qd::service {

// All outlives the use cases.
struct ScmParts {
  store::ProjectStore& projects;
  store::JobStore& job_rows;
  store::JobScmStore& rows;
  store::ProfileStore& profiles;
  Jobs& jobs;
  Audit& audit;
  vault::SecretReader read_secret;
  std::string projects_folder;               // names the default of the setting `dir`
  std::vector<std::string> private_folders;  // no repository may lie there
  bool cluster = false;
};

// Thread-safe; blocks on the database, on git and on the remote repository. Configuring needs `configure` of the
// project, everything else `export`, `scm_export`, `import` or `scm_import`, as the integration is.
class Scm {
 public:
  Scm(ScmParts parts, scm::GitHost host);
  ~Scm();

  void start();          // takes away copies of projects that are gone, now and then
  void stop() noexcept;  // ends what goes on in the background
  void project_is_gone() { sweeper_.poke(); }

  Result<std::vector<ScmPluginView>> plugins(const auth::Identity& who, const std::string& project,
                                             Integration integration);
  Result<std::vector<plugin::Property>> setup_fields(const auth::Identity& who, const std::string& project,
                                                     Integration integration, const std::string& type);
  Result<ScmOutcome> setup(const auth::Identity& who, const std::string& project, Integration integration,
                           const std::string& type, const ScmValues& config);
  Result<ScmOutcome> enable(const auth::Identity& who, const std::string& project, Integration integration,
                            const std::string& type);
  Result<ScmOutcome> disable(const auth::Identity& who, const std::string& project, Integration integration,
                             const std::string& type);
  // Enables or disables what is configured. True: something changed.
  Result<bool> toggle(const auth::Identity& who, const std::string& project, bool on);
  Result<StoredScm> config(const auth::Identity& who, const std::string& project, Integration integration);

  // Never an error: nothing for those who may not use the integration. As of the last fetch: the remote repository is
  // asked in the background, so that no page waits for it.
  std::optional<ScmSummary> summary(const auth::Identity& who, const std::string& project, Integration integration);
  // Errors with code kNoStatus: the repository gives no answer.
  Result<ScmStatus> status(const auth::Identity& who, const std::string& project, Integration integration);
  Result<ScmActionForm> action_form(const auth::Identity& who, const std::string& project, Integration integration,
                                    const std::string& action);
  Result<ScmOutcome> perform(const auth::Identity& who, const std::string& project, Integration integration,
                             const std::string& action, ScmActionRequest request);

  Result<ScmJobState> job_status(const auth::Identity& who, const std::string& uuid, Integration integration);
  // Of all jobs, for lists, as of the last fetch; empty where there is no such integration, no right to it, and no
  // answer of the repository.
  ScmJobStates job_states(const auth::Identity& who, const std::string& project, Integration integration);
  Result<ScmJobDiff> job_diff(const auth::Identity& who, const std::string& uuid, Integration integration);
  Result<ScmActionForm> job_action_form(const auth::Identity& who, const std::string& uuid, Integration integration,
                                        const std::string& action);
  Result<ScmOutcome> perform_on_job(const auth::Identity& who, const std::string& uuid, Integration integration,
                                    const std::string& action, const ScmValues& input);

  static constexpr const char* kNotConfigured = "no.scm.integration.plugin.configured";
  static constexpr const char* kNoStatus = "api.scm.failed.to.get.scm.plugin.status";

 private:
  Result<> may_configure(const auth::Identity& who, const std::string& project);
  Result<> may_use(const auth::Identity& who, const std::string& project, Integration integration);
  std::optional<StoredScm> stored(const std::string& project, Integration integration);
  // The same, when it is of this plugin; else what to answer.
  tl::expected<StoredScm, ScmOutcome> configured(const std::string& project, Integration integration,
                                                 const std::string& type);
  void store(const std::string& project, Integration integration, const StoredScm& config);
  Result<StoredScm> enabled(const std::string& project, Integration integration);
  const plugin::Provider* provider(Integration integration, const std::string& type) const;
  Result<scm::GitLogin> login(const auth::Identity& who, const std::string& project, const ScmSettings& settings);
  Result<> check_place(const ScmSettings& settings) const;
  ScmOutcome open(const auth::Identity& who, const std::string& project, Integration integration,
                  const StoredScm& config, const std::string& message);
  // Does the caller wait for the remote repository?
  enum class Wait { yes, no };
  // `use(session)` with the working copy, which nobody else uses meanwhile.
  template <class T, class Use>
  Result<T> with_copy(const auth::Identity& who, const std::string& project, Integration integration,
                      const StoredScm& config, Use use, Wait wait = Wait::yes);
  Result<> open_copy(const auth::Identity& who, const std::string& project, const ScmSettings& settings, ScmCopy& copy);
  scm::Place place_of(const std::string& project, Integration integration, const ScmSettings& settings) const;
  Result<ScmStatus> status_of(const auth::Identity& who, const std::string& project, Integration integration,
                              Wait wait);
  // Has the remote repository asked in the background; the error is what the last time came to.
  Result<> fetch_later(const auth::Identity& who, const std::string& project, const ScmSettings& settings,
                       Integration integration, const std::shared_ptr<ScmCopy>& copy);
  Result<> fetch_now(const auth::Identity& who, const std::string& project, const ScmSettings& settings,
                     Integration integration, ScmCopy& copy);
  Millis sweep() noexcept;
  void drop_copies(const std::string& project);
  Result<std::string> project_of_job(const auth::Identity& who, const std::string& uuid, Integration integration);

  ScmParts parts_;
  scm::GitHost host_;
  std::atomic<bool> stopping_{false};
  scm::GitHost background_host_;
  ScmCopies copies_;
  base::RepeatingThread sweeper_;
  base::WorkerPool background_;  // last: its threads end first
};

}  // namespace qd::service
