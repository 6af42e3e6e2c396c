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
#include "model/member.hpp"
#include "model/notification_event.hpp"
#include "node/executor.hpp"
#include "plugin/script.hpp"
#include "store/delivery_store.hpp"
#include "store/execution_store.hpp"
#include "store/job_store.hpp"
#include "store/project_store.hpp"
#include "store/upload_store.hpp"
#include "vault/secret_reader.hpp"

namespace qd::engine {

// Code of the error of launch() for a run whose job may have changed.
inline constexpr const char* kReadAgain = "read again";

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
  // What job and project configuration are taken from, when they were not just read: the execution starts only if
  // nobody has changed them since. When launch() refuses with kReadAgain, read them, and ask again.
  std::optional<store::PlaceVersion> unchanged;
};

struct AbortOutcome {
  enum class Status { aborted, pending, failed } status = Status::failed;
  std::string reason;          // when it failed
  model::Execution execution;  // as it is now
};

// Where an execution is to run, as the cluster's policy says.
struct Route {
  enum class Where { here, member, queue } where = Where::here;
  std::string uuid;  // of the member
};

// What executions need of the other members; all may be empty: then there are none. Called on worker threads.
struct ClusterHooks {
  // Error: no member may run it now, and why. With `secrets` (secure option values) it must be one that can get them.
  // Never `not_there`, a member that was given it and did not start it; "": none.
  std::function<Result<Route>(const std::string& project, bool scheduled, bool secrets, const std::string& not_there)>
      route;
  // Its row is written, `queued` for its server_uuid ("": for anyone): tells the member, with the options that are in
  // no row. When that fails, the execution is taken back.
  std::function<Result<>(const model::Execution&, const std::map<std::string, std::string>& secret_options)> forward;
  // May this member take what waits for anyone, by the policy of its project as it is now? `from`: the uuid of the
  // member that was asked to run it.
  std::function<bool(const std::string& project, const std::string& from)> may_take;
  // Asks the member that runs it to end it. False: that incarnation is gone; the caller closes the row.
  std::function<bool(const model::Execution&, const std::string& user, const std::string& reason)> abort;
};

struct LauncherConfig {
  std::string server_uuid;              // this member
  std::int64_t incarnation = 0;         // of this start of it, where LauncherParts names none
  std::size_t queue_room = 10;          // takes executions of the shared queue while fewer than this run here
  bool closes_orphans = true;           // of earlier incarnations, at the start; else the cluster does, with retries
  bool job_queue = true;                // jobs with a queue let further executions wait
  std::string log_root;                 // folder of the logs; an execution's log_path is below it
  std::string temp_directory = "/tmp";  // of option files
  std::string server_url;               // for ${job.url} and ${job.serverUrl}, without a slash at the end
  model::Node server_node;
  std::map<std::string, std::string> settings;  // framework properties, framework.globals.* among them
  model::LogLimit log_limit;                    // of every execution; a job's own may be tighter
  std::size_t max_running = 10'000;             // beyond it launch() answers `unavailable`
};

// What executions need of the rest. All of it outlives the launcher.
// What those in whose names executions run may do; empty: all. They may block on the database.
struct RunRights {
  // Takes out the nodes that this execution may not run on.
  std::function<void(const model::Execution&, const std::string& project, std::vector<model::Node>&)> keep_allowed = {};
  // May this execution run the job as a part of it?
  std::function<bool(const model::Execution&, const model::Job&)> may_run = {};
};

// Who is told of what happens to executions; empty: nobody. Called on worker threads.
struct NotificationHooks {
  // The messages that an event asks for, ready to be stored. Blocks.
  std::function<std::vector<store::Delivery>(const model::NotificationEvent&)> plan = {};
  std::function<void()> stored = {};  // there are new ones
};

struct LauncherParts {
  base::EventLoop& loop;  // runs the workflows; started by the owner
  base::WorkerPool& pool;
  store::Database& database;
  store::ExecutionStore& executions;
  store::JobStore& jobs;
  store::ProjectStore& projects;
  store::UploadStore& uploads;
  node::NodeExecutor& executor;
  NodeSource& nodes;
  log::LogHub& hub;  // told of output, state and the end of executions
  const Clock& clock;
  vault::SecretReader read_secret;  // empty: there is no key storage
  ClusterHooks cluster;
  // Gives options that only take values of a URL these values, before they are checked; empty: nothing does.
  std::function<void(model::Job&, const std::map<std::string, std::string>& given, const vault::SecretUser& user,
                     const std::map<std::string, std::string>& project_config)>
      fill_options = {};
  const model::OwnIncarnation* self = nullptr;  // this life of the member; null: as the configuration says
  RunRights rights = {};
  NotificationHooks notifications = {};
  node::FileCopier* copier = nullptr;            // of the step copyfile; null: it fails
  const plugin::ScriptParts* plugins = nullptr;  // steps by script plugins; null: there are none
};

struct RunPlan;

// A run that is admitted, has its place on this member, and waits for its row. Gives the place back unless it is
// started. Not thread-safe.
class PreparedRun {
 public:
  ~PreparedRun();
  PreparedRun(const PreparedRun&) = delete;
  PreparedRun& operator=(const PreparedRun&) = delete;

  const model::Execution& execution() const;
  // Writes its row, in the caller's transaction: running here, or queued for another. False: the job's limit of running
  // executions is reached. May be called again when the transaction is repeated.
  bool insert(store::Session& session, UnixMillis now);
  // After the commit. `now`: the member that is to run it is told before this returns, so that an acknowledged run is
  // not lost with this process. `later`: by another thread, as sealing takes time that a scheduler does not have.
  enum class Tell { now, later };
  void start(Tell tell = Tell::later);

 private:
  friend class Launcher;
  struct Inside;
  explicit PreparedRun(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

// Thread-safe. Methods block for a few SQL statements: call them on worker threads, never on the loop.
class Launcher {
 public:
  enum class Mode { active, passive };

  Launcher(LauncherParts parts, LauncherConfig config);
  ~Launcher();
  Launcher(const Launcher&) = delete;
  Launcher& operator=(const Launcher&) = delete;

  // Closes what earlier incarnations of this member left running as `incomplete`, if it is to, and starts watching for
  // scheduled executions that are due. Before it, launch() refuses.
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
  //   unavailable                              too many executions run; the launcher is not started; the other members
  //                                            declared this one dead, and it has not returned yet
  // `project_config` is that of the job's project, for who has read it; else it is read here.
  Result<model::Execution> launch(RunRequest request,
                                  const std::map<std::string, std::string>* project_config = nullptr);

  // The same in parts, for a caller that writes the row in a transaction of its own. `project_config` saves reading it.
  Result<std::unique_ptr<PreparedRun>> prepare(RunRequest request,
                                               const std::map<std::string, std::string>* project_config = nullptr);

  // There may be something queued for this member: looks at once. `secret_options` are those of an execution that was
  // forwarded to it.
  void look_now();
  void forwarded_here(model::ExecutionId id, std::map<std::string, std::string> options);
  // Executions that were forwarded and that nobody has started for `limit` come back, and are routed again.
  void take_back(Millis limit);

  // This life of the member, `over`, was declared dead: ends what runs under it, without a row for it, and what is just
  // about to start.
  void fence(std::int64_t over, const std::string& why);

  // Ends an execution. `pending`: it is being ended. `aborted`: it was waiting and will not start, or, with `force`, it
  // was marked as `incomplete` although nobody here runs it. `failed`: see `reason`; no such execution: its id is 0.
  AbortOutcome abort(model::ExecutionId id, const std::string& user, const std::string& reason = {},
                     bool force = false);

  // The state of an execution that runs here, as of now, or what changed of it (model::changes_of); nullopt when it
  // does not run here, or its loop is too busy to tell.
  struct LiveState {
    model::WorkflowState state;
    UnixMillis as_of;
  };
  std::optional<LiveState> live_state(model::ExecutionId id, UnixMillis since = 0);

  std::size_t running() const;  // here and now
  std::vector<model::ExecutionId> running_ids() const;
  Mode mode() const;
  void set_mode(Mode mode);  // passive: launch() refuses, scheduled executions stay; what runs goes on

  // The messages that tell of an execution that ends without running, or without the member that ran it; `closed` is as
  // its row will be. To be stored with that row; then call NotificationHooks::stored. Blocks.
  std::vector<store::Delivery> deliveries_of_end(const model::Execution& closed);

  // Waits until the execution is not running here any more; false when `limit` passed first.
  bool wait_finished(model::ExecutionId id, Millis limit);

 private:
  friend class PreparedRun;
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace qd::engine
