// Runs many tasks, at most so many at once, and waits for them all.
//
//   TaskGroup group(loop, 5);
//   for (const auto& node : nodes) group.add(run_on_node(node));
//   co_await group.join();
#pragma once

#include <cstddef>
#include <deque>
#include <exception>

#include "base/async_event.hpp"
#include "base/event_loop.hpp"
#include "base/task.hpp"

namespace qd::base {

// Used on the loop's thread only. Tasks start in the order in which they were added, inside add() or when an earlier
// one ends. The group must live until join() has returned; a group to which nothing was added may simply go.
class TaskGroup {
 public:
  TaskGroup(EventLoop& loop, std::size_t at_once);  // at_once 0 counts as 1
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  void add(Task<void> task);
  std::size_t running() const { return running_; }
  std::size_t waiting() const { return waiting_.size(); }

  // Returns when every task has ended, then throws the first exception that one of them threw. Call once, after the
  // last add(); a running task may still add others.
  Task<void> join();

 private:
  Task<void> run(Task<void> task);
  void pump();
  void check_done();

  std::size_t at_once_;
  std::size_t running_ = 0;
  bool pumping_ = false;
  bool joining_ = false;
  std::deque<Task<void>> waiting_;
  std::exception_ptr failure_;
  AsyncEvent done_;
};

}  // namespace qd::base
