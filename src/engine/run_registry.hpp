// The executions that run on this member now.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "base/clock.hpp"
#include "model/execution.hpp"

namespace qd::engine {

class Run;

// Thread-safe.
class RunRegistry {
 public:
  // False when `limit` run already.
  bool reserve(std::size_t limit);                            // a place for a run to come
  void release();                                             // a reserved place that is not used
  void add(model::ExecutionId id, std::shared_ptr<Run> run);  // takes a reserved place
  void remove(model::ExecutionId id);

  std::shared_ptr<Run> find(model::ExecutionId id) const;  // null when it does not run here
  std::vector<std::shared_ptr<Run>> all() const;
  std::vector<model::ExecutionId> ids() const;
  std::size_t size() const;  // reserved places included

  bool wait_gone(model::ExecutionId id, Millis limit);
  bool wait_empty(Millis limit);

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<model::ExecutionId, std::shared_ptr<Run>> runs_;
  std::size_t reserved_ = 0;
};

}  // namespace qd::engine
