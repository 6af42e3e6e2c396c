// One execution on its way from its first step to its final row.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/cancel.hpp"
#include "base/task.hpp"
#include "base/trace.hpp"
#include "engine/frame.hpp"
#include "engine/launcher.hpp"
#include "engine/node_selection.hpp"
#include "engine/notifications.hpp"
#include "engine/outcome.hpp"
#include "engine/outcome_writer.hpp"
#include "engine/run_log.hpp"
#include "engine/state_tracker.hpp"

namespace qd::engine {

// What is to run: the row is written and says `running`.
struct RunPlan {
  model::Execution execution;
  std::shared_ptr<const model::Job> job;  // with the nodes that were chosen for this run
  model::RunOptions options;
  std::map<std::string, std::string> given;  // options as they were given, for a retry
  std::map<std::string, std::string> project_config;
  std::string refusal;              // not empty: the run cannot start, and why
  std::optional<NodeChoice> nodes;  // nullopt: chosen when it starts, as its filter may need its context
  // When its row was; a start that is late makes sure that the row is still ours. Nullopt: just now.
  std::optional<std::chrono::steady_clock::time_point> written;
};

// What a run asks of the launcher. Both may be called on any thread.
struct RunHooks {
  // Writes the row of a retry and links it to the first; nullopt: it could not be, or the first is not ours any more.
  // Blocks.
  std::function<std::optional<RunPlan>(RunRequest, const model::Execution& first)> create_retry;
  // Starts it, or lets it wait for its time.
  std::function<void(RunPlan)> start_retry;
  OutcomeWriter& outcomes;
};

// Used on the loop's thread only, through a shared_ptr.
class Run : public std::enable_shared_from_this<Run> {
 public:
  Run(const LauncherParts& parts, const LauncherConfig& config, RunHooks hooks, RunPlan plan);
  ~Run();
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  // Runs the workflow and writes the outcome. Never throws. Call once.
  base::Task<void> execute();

  // Ends it; the first verdict counts.
  void abort(const std::string& user, const std::string& reason);

  // Ends it because another member closed its row.
  void lose(const std::string& why);

  const model::WorkflowState& state() const { return state_; }
  const model::Execution& execution() const { return plan_.execution; }
  void trace(base::Span span) { span_ = std::move(span); }  // which ends with the run

 private:
  enum class Verdict { none, aborted, timed_out, log_limit, lost };

  std::string name_of_run() const;  // "12 in project p"
  base::Task<WorkflowOutcome> run();
  base::Task<void> close(WorkflowOutcome outcome);
  base::Task<void> write_outcome(store::ExecutionOutcome outcome);
  base::Task<bool> write_option_files(model::DataContext& context);
  base::Task<std::optional<RunPlan>> create_retry();
  bool wants_retry(const WorkflowOutcome& outcome) const;
  void make_result();
  store::ExecutionOutcome final_row(const WorkflowOutcome& outcome, bool retried) const;
  model::NotificationEvent event(const char* trigger) const;
  base::Task<void> plan_deliveries(store::ExecutionOutcome& row, const std::optional<RunPlan>& retry);
  void end(Verdict verdict, const std::string& why);
  void arm_timeout(const model::DataContext& context);
  void state_changed();
  base::Task<void> save_state(std::shared_ptr<Run> self);

  const LauncherParts& parts_;
  const LauncherConfig& config_;
  RunHooks hooks_;
  RunPlan plan_;
  std::map<std::string, std::string> settings_;
  base::CancelSource cancel_;
  Verdict verdict_ = Verdict::none;
  std::string aborted_by_, abort_reason_;
  std::string limit_status_;
  RunLog log_;
  StateTracker tracker_;
  RunScope scope_;
  LogPlace place_;
  model::WorkflowState state_;
  model::DataContext context_;
  std::vector<std::string> temp_files_;
  base::EventLoop::TimerId save_timer_ = 0;
  Millis save_pause_{1'000};  // before the next state is written: a large one is written less often
  base::EventLoop::TimerId timeout_timer_ = 0;
  std::shared_ptr<SharedData> left_behind_;  // by the steps; null: none has begun
  std::optional<Json> result_;               // data that the job leaves behind
  DurationWatch duration_watch_;
  bool finished_ = false;
  base::Span span_;
};

}  // namespace qd::engine
