// Writes how executions ended, in groups: what ends while a write is under way goes with the next one, so that a burst
// of short executions costs a few commits and not one each.
#pragma once

#include <deque>
#include <string>

#include "base/async_event.hpp"
#include "base/event_loop.hpp"
#include "base/task.hpp"
#include "base/worker_pool.hpp"
#include "model/execution.hpp"
#include "store/execution_store.hpp"

namespace qd::engine {

// Used on the loop's thread only.
class OutcomeWriter {
 public:
  OutcomeWriter(base::EventLoop& loop, base::WorkerPool& pool, store::Database& database)
      : loop_(loop), pool_(pool), database_(database) {}

  struct Written {
    bool ours = false;    // false: the row is not this incarnation's any more
    std::string problem;  // not empty: the database failed; nothing is known
  };
  // References live until the task has returned.
  base::Task<Written> write(const model::Execution& execution, const store::ExecutionOutcome& outcome);

 private:
  struct Entry {
    const model::Execution& execution;
    const store::ExecutionOutcome& outcome;
    Written written;
    base::AsyncEvent done;
  };
  base::Task<void> flush();
  void write_group(const std::deque<Entry*>& group);

  base::EventLoop& loop_;
  base::WorkerPool& pool_;
  store::Database& database_;
  std::deque<Entry*> waiting_;
  bool flushing_ = false;
  std::size_t last_size_ = 0;  // of the group before
};

}  // namespace qd::engine
