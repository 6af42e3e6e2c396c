// Telling those whom jobs want told, from inside of an execution.
#pragma once

#include <memory>
#include <string>

#include "base/task.hpp"
#include "engine/frame.hpp"

namespace qd::engine {

// Does anybody want to be told? Ask before an event is made: its context is a copy.
bool wants_telling(const LauncherParts& parts, const model::Job& job, const char* trigger);

// What may be told of a run: its context without the values of secure options, and with what its steps left behind.
model::DataContext tellable_context(const model::Job& job, model::DataContext context, const SharedData* data,
                                    const Masker& masker);

// Stores the messages of an event of a running execution, while it is ours. A failure goes to the server's log: an
// execution does not fail for it.
base::Task<void> tell(const LauncherParts& parts, model::NotificationEvent event);

// Tells of `avgduration` once, when the run takes longer than its job says; the timer goes with the object.
class DurationWatch {
 public:
  explicit DurationWatch(base::EventLoop& loop) : loop_(loop) {}
  ~DurationWatch() { stop(); }
  DurationWatch(const DurationWatch&) = delete;
  DurationWatch& operator=(const DurationWatch&) = delete;

  // `event` has that trigger. `parts` outlive the object by what a write to the database takes.
  base::Task<void> start(const LauncherParts& parts, model::NotificationEvent event);
  void stop();

 private:
  base::EventLoop& loop_;
  base::EventLoop::TimerId timer_ = 0;
};

}  // namespace qd::engine
