// Inside the launcher: admission, starting, what is due, aborting.
#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/guarded.hpp"
#include "engine/admission.hpp"
#include "engine/due_list.hpp"
#include "engine/launcher.hpp"
#include "engine/look_gate.hpp"
#include "engine/run.hpp"
#include "engine/run_registry.hpp"
#include "engine/start_writer.hpp"
#include "model/member.hpp"

namespace qd::engine {

// Member of Execution::extra: the trace that an execution belongs to which waits, or goes to another member.
inline constexpr const char* kTraceParent = "traceparent";

struct Launcher::Impl : std::enable_shared_from_this<Launcher::Impl> {
  Impl(LauncherParts given_parts, LauncherConfig given_config)
      : parts(std::move(given_parts)),
        config(std::move(given_config)),
        alone(config.server_uuid, config.incarnation),
        self(parts.self == nullptr ? alone : *parts.self) {}

  Result<std::map<std::string, std::string>> project_config(const std::string& name) const;
  Result<RunPlan> admit(RunRequest request, const std::map<std::string, std::string>* known_config = nullptr);
  StartWriter::Written write_start(PreparedRun& run);
  void settle_here(RunPlan& plan, UnixMillis now) const;
  bool insert_here(store::Session& session, RunPlan& plan, UnixMillis now);
  bool insert_elsewhere(store::Session& session, RunPlan& plan, const Route& route, UnixMillis now);
  Result<Route> route(const RunPlan& plan);
  void forward(RunPlan plan, PreparedRun::Tell tell);
  struct Forwarded {
    std::string to;
    UnixMillis since = 0;
    std::map<std::string, std::string> secret;  // options that are in no row
    int times = 1;
  };
  bool send(const model::Execution& execution, Forwarded entry);
  void take_back(model::ExecutionId id);
  bool reclaim(model::ExecutionId id, const std::string& from);
  bool route_again(model::ExecutionId id, Forwarded entry);
  std::unique_ptr<PreparedRun> prepared(RunPlan plan, std::optional<UnixMillis> run_at, Route route, bool reserved);
  void start(RunPlan plan);
  RunHooks hooks();
  std::optional<RunPlan> create_retry(RunRequest request, const model::Execution& first);
  void start_retry(RunPlan plan);
  void retain_files(const RunPlan& plan);

  void look_later();
  // Its row is written: it is looked for when its time comes, at once when that has passed meanwhile.
  void look_for(model::ExecutionId id, UnixMillis time, std::map<std::string, std::string> given);
  void look_at(Millis pause);  // from now, or sooner when that was asked for
  void look();
  bool look_for_due();
  struct QueueLook {
    store::QueueFilter filter;  // what need not be read again
    bool left = false;          // something waits on
    bool full = false;          // this member takes nothing more
  };
  bool look_at_queue();
  void look_at_queued(const model::Execution& execution, QueueLook& look);
  enum class Unanswered { run, close };  // close: its caller was told that it did not start
  void ask_later(const model::Execution& execution, Unanswered then);
  void settle_unanswered();
  void settle_unanswered(model::Execution execution, Unanswered then);
  enum class Start { done, gone, limit, full, failed };
  Start try_waiting(const model::Execution& execution);
  Start start_waiting(const model::Execution& execution);
  bool may_take(const model::Execution& execution) const;
  Millis waited(const model::Execution& execution) const;
  void give_up(const model::Execution& execution);
  bool still_ours(const RunPlan& plan);
  std::vector<store::Delivery> deliveries_of_end(const model::Execution& closed) const;
  // Nothing: see `refusal`.
  std::optional<store::StoredJob> find_job(const std::string& uuid, std::string& refusal);
  RunPlan plan_due(model::Execution execution);

  AbortOutcome abort_elsewhere(model::Execution execution, const std::string& user, const std::string& reason,
                               bool force);

  const LauncherParts parts;
  const LauncherConfig config;
  const model::OwnIncarnation alone;
  const model::OwnIncarnation& self;
  std::atomic<std::int64_t> over{-1};  // the last incarnation that was declared dead
  StartWriter starts{parts.database};
  OutcomeWriter outcomes{parts.loop, parts.pool, parts.database};
  RunRegistry registry;
  DueList due;
  base::Guarded<std::map<model::ExecutionId, Forwarded>> forwarded;
  base::Guarded<std::map<std::string, Unanswered>> unanswered;  // by uuid
  std::atomic<bool> something_waits{false};                     // queued, as of the last look; or that failed
  std::atomic<bool> started{false};
  std::atomic<Mode> mode{Mode::active};
  base::EventLoop::TimerId look_timer = 0;              // on the loop's thread only
  std::chrono::steady_clock::time_point look_due = {};  // of the timer; there, too
  std::atomic<UnixMillis> last_look{0};
  LookGate look_gate;
};

struct PreparedRun::Inside {
  // Its row is an INSERT and nothing else: no lock on the job, and no look at what runs.
  void settle(UnixMillis now);
  bool simple() const { return run_at || (route.where == Route::Where::here && !running_limit(*plan.job)); }

  std::shared_ptr<Launcher::Impl> launcher;
  RunPlan plan;
  std::optional<UnixMillis> run_at;
  Route route;
  bool reserved = false;  // a place in the registry
  std::optional<store::PlaceVersion> unchanged;
};

}  // namespace qd::engine
