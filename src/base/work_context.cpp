#include "base/work_context.hpp"

#include <utility>

namespace qd::base {

namespace {
thread_local WorkContextPtr work_of_thread;
}  // namespace

const WorkContextPtr& current_work() {
  return work_of_thread;
}

WorkContext work_now() {
  return work_of_thread ? *work_of_thread : WorkContext{};
}

WorkScope::WorkScope(WorkContextPtr work) : before_(std::exchange(work_of_thread, std::move(work))) {}

WorkScope::WorkScope(WorkContext work) : WorkScope(std::make_shared<const WorkContext>(std::move(work))) {}

WorkScope::~WorkScope() {
  work_of_thread = std::move(before_);
}

}  // namespace qd::base
