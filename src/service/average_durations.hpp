// How long a job takes on average, told with every execution of it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/guarded.hpp"
#include "store/execution_store.hpp"

namespace qd::service {

// Of the last 100 succeeded runs. A job with as many is asked for again only after some seconds: reading a hundred rows
// with every start costs more than the start. Thread-safe.
class AverageDurations {
 public:
  AverageDurations(store::ExecutionStore& executions, const Clock& clock) : executions_(executions), clock_(clock) {}

  std::optional<UnixMillis> of(const std::string& job_uuid);  // nullopt: it never succeeded
  // By uuid; without jobs that never succeeded.
  std::map<std::string, UnixMillis> of(const std::vector<std::string>& job_uuids);

 private:
  struct Known {
    UnixMillis average = 0;
    UnixMillis at = 0;
  };
  std::optional<UnixMillis> known(const std::string& job_uuid, UnixMillis now) const;
  // The average; kept when the job has enough runs that it hardly changes.
  std::optional<UnixMillis> learn(const std::string& job_uuid, const store::RecentDurations& recent, UnixMillis now);

  store::ExecutionStore& executions_;
  const Clock& clock_;
  base::Guarded<std::unordered_map<std::string, Known>> known_;
};

}  // namespace qd::service
