#include "base/task_group.hpp"

#include <algorithm>
#include <utility>

namespace qd::base {

TaskGroup::TaskGroup(EventLoop& loop, std::size_t at_once) : at_once_(std::max<std::size_t>(at_once, 1)), done_(loop) {}

void TaskGroup::add(Task<void> task) {
  waiting_.push_back(std::move(task));
  pump();
}

Task<void> TaskGroup::join() {
  joining_ = true;
  check_done();
  co_await done_.wait();
  if (failure_) std::rethrow_exception(failure_);
}

Task<void> TaskGroup::run(Task<void> task) {
  try {
    co_await std::move(task);
  } catch (...) {
    if (!failure_) failure_ = std::current_exception();
  }
  --running_;
  pump();
  check_done();
}

void TaskGroup::pump() {
  if (std::exchange(pumping_, true)) return;
  while (running_ < at_once_ && !waiting_.empty()) {
    auto task = std::move(waiting_.front());
    waiting_.pop_front();
    ++running_;
    spawn(run(std::move(task)));
  }
  pumping_ = false;
}

void TaskGroup::check_done() {
  if (joining_ && running_ == 0 && waiting_.empty()) done_.set();
}

}  // namespace qd::base
