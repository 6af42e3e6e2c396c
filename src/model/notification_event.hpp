// Something that happened to an execution and that its job may want told.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "model/data_context.hpp"
#include "model/execution.hpp"
#include "model/job.hpp"

namespace qd::model {

namespace trigger {
inline constexpr const char* start = "start";
inline constexpr const char* success = "success";
inline constexpr const char* failure = "failure";
inline constexpr const char* retryable_failure = "retryablefailure";
inline constexpr const char* average_duration = "avgduration";
}  // namespace trigger

struct NotificationEvent {
  std::string trigger;
  Execution execution;             // as it is then
  std::shared_ptr<const Job> job;  // whose notifications: the execution's, or one that it refers to
  DataContext context;             // of the run, without secret values; with what its steps exported
};

// Does the job tell anybody of it?
bool tells_of(const Job& job, std::string_view trigger);

// What an execution that ended so is told as.
const char* trigger_of_end(const Execution& execution);

// How long a run may take before `avgduration`: "20%" (above the average), "+30s" (above it), "5m" (whatever the
// average is), "" (the average). Numbers without unit are seconds. Nullopt: never, as nothing is known yet or the text
// means nothing.
std::optional<Millis> duration_threshold(std::string_view text, std::optional<UnixMillis> average);

}  // namespace qd::model
