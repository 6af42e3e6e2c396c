// Steps that steer the workflow: flow-control, job-state-conditional, source-refresh-plugin.
#include "base/async_event.hpp"
#include "base/text.hpp"
#include "engine/plugin_step.hpp"

namespace qd::engine {

namespace {

constexpr std::int64_t kLongestSleep = 3'600;  // s

StepOutcome halt_workflow(const JsonObject& settings, bool fail_by_default, const std::string& why) {
  Halt halt;
  halt.status = text_or(settings, "status");
  halt.success = halt.status.empty() && !truth_or(settings, "fail", fail_by_default);
  if (halt.status == model::status::succeeded) halt = {true, ""};
  if (halt.status == model::status::failed) halt = {false, ""};
  auto outcome = halt.success ? StepOutcome::success() : StepOutcome::failure(step_reason::halted, why);
  outcome.halt = std::move(halt);
  return outcome;
}

// What is known of a job: is it running, and how did its last execution end ("": it never ran).
struct JobState {
  std::string uuid;
  bool running = false;
  std::string last_status;
};

struct JobName {
  std::string project, uuid, group, name;
};

Result<JobState> read_job_state(RunScope& scope, const JobName& wanted) {
  std::string uuid;
  if (!wanted.uuid.empty()) {
    if (const auto stored = scope.parts.jobs.find(wanted.uuid)) uuid = stored->job.uuid;
  } else {
    const auto found = scope.parts.jobs.find_by_name(wanted.project, wanted.group, wanted.name);
    if (found.size() == 1) uuid = found.front().job.uuid;
  }
  if (uuid.empty()) {
    const auto path = wanted.group.empty() ? wanted.name : wanted.group + "/" + wanted.name;
    return fail(ErrorKind::not_found,
                "Job was not found: " + (wanted.uuid.empty() ? path : wanted.uuid) + ", project: " + wanted.project);
  }
  JobState state;
  state.uuid = uuid;
  state.running = scope.parts.executions.count_running(uuid) > 0;
  store::ExecutionQuery query;
  query.job_uuids = {uuid};
  query.finished_only = true;
  query.max = 1;
  const auto page = scope.parts.executions.query(query);
  if (!page.executions.empty()) state.last_status = page.executions.front().status;
  return state;
}

bool same_status(std::string wanted, const std::string& last) {
  wanted = base::lower(base::trim(wanted));
  if (wanted == "never") return last.empty();
  if (wanted == "timed_out" || wanted == "timed-out") wanted = model::status::timed_out;
  if (wanted == "failed_with_retry") wanted = model::status::failed_with_retry;
  return wanted == base::lower(last);
}

std::string describe_state(const JobState& state, const std::string& running, const std::string& wanted, bool equal) {
  std::string is, expected;
  if (!running.empty()) {
    is = state.running ? "is RUNNING" : "is NOT RUNNING";
    expected = (running == "true") == equal ? "RUNNING" : "NOT RUNNING";
  }
  if (!wanted.empty()) {
    const std::string joint = running.empty() ? "" : " AND ";
    is += joint + "previously " + (state.last_status.empty() ? "NEVER" : "'" + state.last_status + "'");
    expected += joint + (equal ? "'" : "NOT '") + wanted + "'";
  }
  return "{{Job " + state.uuid + "}} " + is + ". Expected " + expected;
}

}  // namespace

StepOutcome control_flow(const WorkflowTask& task, const JsonObject& settings) {
  if (!truth_or(settings, "halt", false)) {
    task.log.line(log::Level::verbose, "Continue");
    return StepOutcome::success();
  }
  const auto status = text_or(settings, "status");
  task.log.line(log::Level::verbose, status.empty() ? "Halt" : "Halt with status " + status);
  return halt_workflow(settings, true, "The workflow was halted by flow control");
}

base::Task<StepOutcome> check_job_state(const WorkflowTask& task, const JsonObject& settings) {
  const auto running = base::lower(text_or(settings, "running"));
  const auto wanted = text_or(settings, "executionState");
  JobName job;
  job.uuid = text_or(settings, "jobUUID");
  job.name = text_or(settings, "jobName");
  job.project = text_or(settings, "jobProject", task.frame.project);
  if (const auto slash = job.name.rfind('/'); slash != std::string::npos) {
    job.group = job.name.substr(0, slash);
    job.name = job.name.substr(slash + 1);
  }
  if (job.uuid.empty() && job.name.empty()) {
    co_return StepOutcome::failure(node::reason::configuration,
                                   "Configuration invalid: jobUUID or jobName is required");
  }
  if (running.empty() && wanted.empty()) {
    co_return StepOutcome::failure(node::reason::configuration,
                                   "Configuration invalid: executionState or running is required");
  }
  const auto& parts = task.scope.parts;
  auto reading = base::run_on(parts.pool, parts.loop, [&] { return read_job_state(task.scope, job); });
  const auto state = co_await reading;
  if (!state) co_return StepOutcome::failure(node::reason::configuration, state.error().message);
  const bool equal = !base::iequals(text_or(settings, "condition", "Equals"), "Not Equals");
  const bool running_holds = running.empty() || ((running == "true") == state->running) == equal;
  const bool status_holds = wanted.empty() || same_status(wanted, state->last_status) == equal;
  const auto message = describe_state(*state, running, wanted, equal);
  if (running_holds && status_holds) {
    task.log.line(log::Level::normal, message);
    co_return StepOutcome::success();
  }
  const bool halts = truth_or(settings, "halt", false);
  task.log.line(halts && truth_or(settings, "fail", false) ? log::Level::error : log::Level::warn, message);
  if (!halts) co_return StepOutcome::success();
  co_return halt_workflow(settings, false, message);
}

base::Task<StepOutcome> refresh_nodes(const WorkflowTask& task, const JsonObject& settings) {
  const std::string text(base::trim(text_or(settings, "sleep")));
  const auto seconds = base::parse_int(text.empty() ? "0" : text);
  if (!seconds || *seconds < 0 || *seconds > kLongestSleep) {
    co_return StepOutcome::failure(node::reason::configuration, "sleep must be a number of seconds up to 3600");
  }
  const auto& parts = task.scope.parts;
  base::AsyncEvent cancelled(parts.loop);
  const auto registration = task.frame.cancel.on_cancel([&] { cancelled.set(); });
  if (*seconds > 0) co_await cancelled.wait_for(Millis{*seconds * 1'000});
  if (task.frame.cancel.cancelled()) co_return StepOutcome::failure(node::reason::interrupted, "Interrupted");
  auto refreshing = base::run_on(parts.pool, parts.loop, [&] {
    parts.nodes.refresh(task.frame.project);
    parts.nodes.nodes(task.frame.project);
  });
  co_await refreshing;
  co_return StepOutcome::success();
}

}  // namespace qd::engine
