// The one door through which every execution starts.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "model/execution.hpp"
#include "model/job.hpp"

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

}  // namespace qd::engine
