// The end of a run: its verdict, its retry, its final row.
#include <algorithm>

#include "base/logging.hpp"
#include "base/metrics.hpp"
#include "base/text.hpp"
#include "codec/state_codec.hpp"
#include "engine/option_files.hpp"
#include "engine/result_data.hpp"
#include "engine/run.hpp"
#include "model/duration.hpp"
#include "model/expand.hpp"

namespace qd::engine {

namespace {
constexpr Millis kFirstPause{100};
constexpr Millis kLongestPause{5'000};
constexpr int kWriteAttempts = 800;  // an hour: the database may be away that long

// The peer's plugin "Retry on failed nodes".
bool retries_failed_nodes_only(const model::Job& job) {
  const Json* lifecycle = find(job.plugins, "ExecutionLifecycle");
  return lifecycle != nullptr && find(*lifecycle, "retry-failed-nodes") != nullptr;
}

// Those that failed, and those that were not reached.
std::vector<std::string> unfinished_nodes(const std::vector<std::string>& all, const NodeRecord& record) {
  std::vector<std::string> names;
  for (const auto& name : all) {
    if (!record.reached.contains(name) || record.failed.contains(name)) names.push_back(name);
  }
  return names;
}

const base::CounterFamily executions_ended{"quarterdeck_executions_ended_total",
                                           "Executions that ended on this member, by status",
                                           "status",
                                           {model::status::succeeded, model::status::failed, model::status::aborted,
                                            model::status::timed_out, model::status::failed_with_retry, "other"}};
const base::HistogramFamily execution_seconds{"quarterdeck_execution_duration_seconds",
                                              "How long executions ran that ended on this member",
                                              {0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600, 14'400, 86'400}};

void count_end(const model::Execution& execution, const store::ExecutionOutcome& outcome) {
  executions_ended.with(model::is_standard(outcome.status) ? outcome.status : "other").add();
  if (execution.started) execution_seconds.observe(static_cast<double>(outcome.ended - *execution.started) / 1000);
}
}  // namespace

bool Run::wants_retry(const WorkflowOutcome& outcome) const {
  if (verdict_ == Verdict::aborted || verdict_ == Verdict::lost || outcome.success) return false;
  if (plan_.job->uuid.empty() || !plan_.job->retry || !plan_.refusal.empty()) return false;
  const auto count = base::parse_int(base::trim(model::expand_text(plan_.job->retry->count, context_)));
  return count && *count > plan_.execution.retry_attempt;
}

base::Task<std::optional<RunPlan>> Run::create_retry() {
  const auto& execution = plan_.execution;
  RunRequest request;
  request.job = *plan_.job;
  request.job_revision = execution.job_revision;
  request.user = execution.user;
  request.roles = execution.roles;
  request.type = execution.type;
  request.options = plan_.given;
  request.log_level = execution.log_level;
  const auto delay = model::parse_duration(model::expand_text(plan_.job->retry->delay, context_)).value_or(Millis{0});
  if (delay.count() > 0) request.run_at = parts_.clock.now() + delay.count();
  request.retry_of = execution.id;
  request.retry_attempt = execution.retry_attempt + 1;
  request.original = execution.original.value_or(execution.id);
  if (retries_failed_nodes_only(*plan_.job)) {
    request.failed_nodes_only = unfinished_nodes(state_.nodes, scope_.nodes);
  }
  auto creating =
      base::run_on(parts_.pool, parts_.loop, [&] { return hooks_.create_retry(std::move(request), execution); });
  co_return co_await creating;
}

store::ExecutionOutcome Run::final_row(const WorkflowOutcome& outcome, bool retried) const {
  store::ExecutionOutcome row;
  switch (verdict_) {
    case Verdict::aborted:
    case Verdict::lost:
      row.status = model::status::aborted;
      break;
    case Verdict::timed_out:
      row.status = model::status::timed_out;
      break;
    case Verdict::log_limit:
      row.status = limit_status_;
      break;
    case Verdict::none:
      row.status = outcome.success ? model::status::succeeded : model::status::failed;
      if (outcome.halt && !outcome.halt->status.empty()) row.status = outcome.halt->status;
      break;
  }
  if (retried) row.status = model::status::failed_with_retry;
  row.aborted_by = row.status == model::status::aborted && aborted_by_.empty() ? plan_.execution.user : aborted_by_;
  row.abort_reason = abort_reason_;
  row.ended = std::max(parts_.clock.now(), plan_.execution.started.value_or(0));  // clocks are set a little, too
  for (const auto& node : scope_.nodes.reached) {
    (scope_.nodes.failed.contains(node) ? row.failed_nodes : row.succeeded_nodes).push_back(node);
  }
  row.log_size = log_.bytes();
  auto state = codec::state_to_json(state_);
  if (result_) state[result_data_key] = *result_;
  row.state = boost::json::serialize(state);
  return row;
}

void Run::make_result() {
  if (!left_behind_) return;
  auto context = tellable_context(*plan_.job, context_, left_behind_.get(), log_.masker());
  context.set_scopes(left_behind_);
  auto made = result_data(*plan_.job, context, *left_behind_, log_.masker());
  if (made)
    result_ = std::move(*made);
  else
    log_.line(place_, log::Level::warn, "Result data: " + made.error().message);
}

// `row` lives until the task has returned.
base::Task<void> Run::plan_deliveries(store::ExecutionOutcome& row, const std::optional<RunPlan>& retry) {
  auto ended = plan_.execution;
  ended.status = row.status;
  if (retry) ended.retried_as = retry->execution.id;
  if (!wants_telling(parts_, *plan_.job, model::trigger_of_end(ended))) co_return;
  auto what = event(model::trigger_of_end(ended));
  ended.ended = row.ended;
  ended.succeeded_nodes = row.succeeded_nodes;
  ended.failed_nodes = row.failed_nodes;
  ended.aborted_by = row.aborted_by;
  ended.abort_reason = row.abort_reason;
  what.execution = std::move(ended);
  auto planning = base::run_on(parts_.pool, parts_.loop, [&] { return parts_.notifications.plan(what); });
  row.deliveries = co_await planning;
}

base::Task<void> Run::write_outcome(store::ExecutionOutcome outcome) {
  Millis pause = kFirstPause;
  for (int attempt = 1; attempt <= kWriteAttempts; ++attempt) {
    auto writing = hooks_.outcomes.write(plan_.execution, outcome);
    const auto [ours, problem] = co_await std::move(writing);
    if (problem.empty()) {
      if (ours) count_end(plan_.execution, outcome);
      base::log_debug("engine", "execution " + name_of_run() + " ended: " + outcome.status);
      if (!ours) base::log_warn("engine", "execution " + name_of_run() + " was ended by another member");
      if (!outcome.deliveries.empty() && parts_.notifications.stored) parts_.notifications.stored();
      co_return;
    }
    base::log_warn("engine", "the outcome of execution " + name_of_run() + " is not written yet: " + problem);
    co_await parts_.loop.sleep(pause);
    pause = std::min(pause * 2, kLongestPause);
  }
  base::log_error("engine", "the outcome of execution " + name_of_run() + " could not be written");
}

base::Task<void> Run::close(WorkflowOutcome outcome) {
  if (verdict_ != Verdict::none) outcome.success = false;
  finished_ = true;
  duration_watch_.stop();
  for (auto* timer : {&save_timer_, &timeout_timer_}) {
    if (*timer != 0) parts_.loop.cancel(*timer);
  }
  const bool aborted = verdict_ == Verdict::aborted || verdict_ == Verdict::timed_out || verdict_ == Verdict::lost;
  if (!state_.overall.started) state_.overall.started = state_.overall.updated = parts_.clock.now();
  if (state_.nodes.empty()) state_.server_node = config_.server_node.name;
  tracker_.end_workflow(state_, outcome.success, aborted);
  if (!outcome.success) {
    if (!outcome.exception.empty()) log_.line(place_, log::Level::error, outcome.exception);
    log_.line(place_, log::Level::error, "Execution failed: " + name_of_run() + ": " + describe(outcome));
  }
  make_result();
  std::optional<RunPlan> retry;
  if (wants_retry(outcome)) {
    auto creating = create_retry();
    retry = co_await std::move(creating);
  }
  auto closing = log_.writer().close();
  const auto closed = co_await std::move(closing);
  if (!closed) base::log_error("engine", closed.error().message);
  auto row = final_row(outcome, retry.has_value());
  try {
    auto planning = plan_deliveries(row, retry);
    co_await std::move(planning);
  } catch (const std::exception& error) {
    base::log_error("engine", "nobody is told of the end of execution " + name_of_run() + ": " + error.what());
  }
  span_.set("quarterdeck.execution.status", row.status);
  if (!outcome.success) span_.fail(row.status);
  // Before anybody sees the end: whoever does finds no file of the run any more.
  if (!temp_files_.empty()) {
    auto removing = base::run_on(parts_.pool, parts_.loop, [&] { remove_files(temp_files_); });
    co_await removing;
  }
  auto writing = write_outcome(std::move(row));
  co_await std::move(writing);
  parts_.hub.publish({log::HubEvent::Kind::completed, plan_.execution.id, log_.writer().bytes()});
  if (retry) hooks_.start_retry(std::move(*retry));
}

}  // namespace qd::engine
