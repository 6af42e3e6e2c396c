// What a job must fulfil beyond its shape, before it is imported or saved. Pure: references to other jobs, plugins and
// stored keys are not followed, and regular expressions are not compiled.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "model/job.hpp"

namespace qd::model {

struct JobFlaw {
  // Where in the job's document: {"options", "2", "name"}.
  std::vector<std::string> path;
  std::string message;  // `option "x": …`, without the job's name
};

// The first rule that `job` breaks.
std::optional<JobFlaw> find_flaw(const Job& job);

// What a job must fulfil when it is saved at `now`: its schedule fires again. A stored job may outlive its years.
std::optional<JobFlaw> find_schedule_flaw(const Job& job, UnixMillis now);

// The same as a Result, of kind `invalid`.
Result<> validate_job(const Job& job);

}  // namespace qd::model
