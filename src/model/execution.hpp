// An execution: one run of a job or of an ad-hoc workflow, and how it went.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "model/job.hpp"

namespace qd::model {

using ExecutionId = std::int64_t;

// Statuses as the API spells them. A log limit or a flow control step may end an execution with any other text
// ("custom").
namespace status {
inline constexpr const char* queued = "queued";
inline constexpr const char* scheduled = "scheduled";
inline constexpr const char* running = "running";
inline constexpr const char* succeeded = "succeeded";
inline constexpr const char* failed = "failed";
inline constexpr const char* failed_with_retry = "failed-with-retry";
inline constexpr const char* aborted = "aborted";
inline constexpr const char* timed_out = "timedout";
inline constexpr const char* incomplete = "incomplete";
inline constexpr const char* missed = "missed";
}  // namespace status

// What ends in none of these is still to come or under way.
bool is_final(const std::string& status);
// True for the statuses above; false for custom ones.
bool is_standard(const std::string& status);

struct Execution {
  ExecutionId id = 0;
  std::string uuid;
  std::string project;
  std::string job_uuid;  // "" for ad-hoc
  std::string job_name;  // as they were when it started, so that history outlives the job
  std::string job_group;
  std::int64_t job_revision = 0;
  std::string type = "user";  // user, scheduled, user-scheduled, adhoc…: who started it
  std::string user;
  std::vector<std::string> roles;  // of the user, at the time
  std::string status = status::running;
  std::string description;                     // what ran, as lists show it: "echo hi", or the job's first step
  std::string arg_string;                      // options as the API shows them; secure values left out
  std::map<std::string, std::string> options;  // by name; secure values left out
  std::string log_level = "INFO";
  std::optional<Job> ad_hoc;  // the workflow of an execution without job, and a job's with nodes or options overridden
  std::string node_filter;    // as chosen for this run
  std::vector<std::string> succeeded_nodes;
  std::vector<std::string> failed_nodes;
  std::optional<UnixMillis> scheduled_for;
  std::optional<UnixMillis> started;
  std::optional<UnixMillis> ended;
  std::string aborted_by;
  std::string abort_reason;
  int retry_attempt = 0;                  // 0 is the first run
  std::optional<ExecutionId> retry_of;    // the execution that this one repeats
  std::optional<ExecutionId> retried_as;  // the execution that repeated this one
  std::optional<ExecutionId> original;    // the first of a chain of retries
  std::string server_uuid;                // member that runs or ran it
  std::int64_t incarnation = 0;
  std::string log_path;       // of its rdlog file, below the log root
  std::int64_t log_size = 0;  // bytes, once finished
  JsonObject extra;           // what a later version wrote

  bool operator==(const Execution&) const = default;
};

// ---- State: steps × nodes, as the API's "Execution State" answer shows it ----

enum class RunState {
  waiting,
  running,
  running_handler,
  succeeded,
  failed,
  aborted,
  node_partial_succeeded,
  node_mixed,
  not_started
};
const char* to_text(RunState state);  // "WAITING", "RUNNING_HANDLER"…

struct StepState {
  RunState state = RunState::waiting;
  std::optional<UnixMillis> started;
  std::optional<UnixMillis> updated;
  std::optional<UnixMillis> ended;
  std::string error_message;
  std::string failure_reason;  // "NonZeroResultCode"…
  bool operator==(const StepState&) const = default;
};

struct WorkflowState;

// One step of a workflow. A context path names it: "1", "2/1", "2e/1", "3@node=web1/1".
struct WorkflowStepState {
  std::string context;  // "1", of this step alone within its workflow
  bool node_step = false;
  StepState overall;
  std::map<std::string, StepState> nodes;                                // by node name
  std::shared_ptr<WorkflowState> workflow;                               // a job reference's own, or null
  std::map<std::string, std::shared_ptr<WorkflowState>> node_workflows;  // job references run as node steps
};

struct WorkflowState {
  StepState overall;
  std::vector<std::string> nodes;  // targets
  std::string server_node;
  std::vector<WorkflowStepState> steps;
};

}  // namespace qd::model
