// The one door through which every execution starts.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/event_loop.hpp"
#include "base/result.hpp"
#include "base/worker_pool.hpp"
#include "engine/node_source.hpp"
#include "log/hub.hpp"
#include "model/execution.hpp"
#include "model/job.hpp"
#include "node/executor.hpp"
#include "store/execution_store.hpp"
#include "store/job_store.hpp"
#include "store/project_store.hpp"
#include "store/upload_store.hpp"

namespace qd::engine {

// What is to run, for whom. The caller has authorised it.
struct RunRequest {
  model::Job job;  // a stored job, or an ad-hoc one made of steps (uuid "")
  std::int64_t job_revision = 0;
  std::string user;
  std::vector<std::string> roles;
  std::string type = "user";  // user, scheduled, user-scheduled, webhook…
  std::map<std::string, std::string>
      options;  // by name, as given; defaults, validation and secure storage are added by launch()
  std::optional<std::string> node_filter;  // overrides the job's
  std::optional<std::string> log_level;
  std::optional<UnixMillis> run_at;            // later: the execution waits with status `scheduled`
  std::optional<model::ExecutionId> retry_of;  // of an earlier execution
  std::vector<std::string> failed_nodes_only;  // a retry on these nodes
  int retry_attempt = 0;
  std::optional<model::ExecutionId> original;
  std::map<std::string, std::string> meta;  // free, kept with the execution
};

struct AbortOutcome {
  enum class Status { aborted, pending, failed } status = Status::failed;
  std::string reason;          // when it failed
  model::Execution execution;  // as it is now
};

struct LauncherConfig {
  std::string server_uuid;              // this member
  std::int64_t incarnation = 0;         // of this start of it
  std::string log_root;                 // folder of the logs; an execution's log_path is below it
  std::string temp_directory = "/tmp";  // of option files
  std::string server_url;               // for ${job.url} and ${job.serverUrl}, without a slash at the end
  model::Node server_node;
  std::map<std::string, std::string> settings;  // framework properties, framework.globals.* among them
  model::LogLimit log_limit;                    // of every execution; a job's own may be tighter
  std::size_t max_running = 10'000;             // beyond it launch() answers `unavailable`
};

// What executions need of the rest. All of it outlives the launcher.
struct LauncherParts {
  base::EventLoop& loop;  // runs the workflows; started by the owner
  base::WorkerPool& pool;
  store::ExecutionStore& executions;
  store::JobStore& jobs;
  store::ProjectStore& projects;
  store::UploadStore& uploads;
  node::NodeExecutor& executor;
  NodeSource& nodes;
  log::LogHub& hub;  // told of output, state and the end of executions
  const Clock& clock;
  // The secret at a key storage path; empty: there is no key storage.
  std::function<Result<std::string>(const std::string& path)> read_secret;
};

// Thread-safe. Methods block for a few SQL statements: call them on worker threads, never on the loop.
class Launcher {
 public:
  enum class Mode { active, passive };

  Launcher(LauncherParts parts, LauncherConfig config);
  ~Launcher();
  Launcher(const Launcher&) = delete;
  Launcher& operator=(const Launcher&) = delete;

  // Closes what earlier incarnations of this member left running as `incomplete` and starts watching for scheduled
  // executions that are due. Before it, launch() refuses.
  void start();
  // Takes nothing new, lets what runs go on for `drain`, then ends it (status `aborted`, by "system"). When it
  // returned, nothing runs any more and every outcome is written, or could not be.
  void stop(Millis drain) noexcept;

  // Validates, writes the row, starts the workflow. The answer is the row as it was written: `running`, or `scheduled`
  // with run_at. Errors, with the peer's words and codes:
  //   invalid   api.error.job.options-invalid  "Job options were not valid: …"
  //   invalid   api.error.job.disabled         the job, the project or the member takes no executions
  //   invalid   api.error.execution.failed     "Execution failed: …" (run_at in the past)
  //   conflict  api.error.execution.conflict   "Execution had a conflict: …" (limit of running executions)
  //   unavailable                              too many executions run, or the launcher is not started
  Result<model::Execution> launch(RunRequest request);

  // Ends an execution. `pending`: it is being ended. `aborted`: it was waiting and will not start, or, with `force`, it
  // was marked as `incomplete` although nobody here runs it. `failed`: see `reason`; no such execution: its id is 0.
  AbortOutcome abort(model::ExecutionId id, const std::string& user, const std::string& reason = {},
                     bool force = false);

  // The API's Execution State document of an execution that runs here, as of now; nullopt when it does not.
  std::optional<JsonObject> live_state(model::ExecutionId id);

  std::size_t running() const;  // here and now
  std::vector<model::ExecutionId> running_ids() const;
  Mode mode() const;
  void set_mode(Mode mode);  // passive: launch() refuses, scheduled executions stay; what runs goes on

  // Waits until the execution is not running here any more; false when `limit` passed first.
  bool wait_finished(model::ExecutionId id, Millis limit);
  bool wait_idle(Millis limit);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace qd::engine
