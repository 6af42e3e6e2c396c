#include "engine/run_registry.hpp"

#include "engine/run.hpp"

namespace qd::engine {

bool RunRegistry::reserve(std::size_t limit) {
  const std::lock_guard lock(mutex_);
  if (runs_.size() + reserved_ >= limit) return false;
  ++reserved_;
  return true;
}

void RunRegistry::release() {
  const std::lock_guard lock(mutex_);
  --reserved_;
  changed_.notify_all();
}

void RunRegistry::add(model::ExecutionId id, std::shared_ptr<Run> run) {
  const std::lock_guard lock(mutex_);
  --reserved_;
  runs_[id] = std::move(run);
}

void RunRegistry::remove(model::ExecutionId id) {
  std::shared_ptr<Run> gone;  // destroyed outside the lock
  const std::lock_guard lock(mutex_);
  const auto found = runs_.find(id);
  if (found == runs_.end()) return;
  gone = std::move(found->second);
  runs_.erase(found);
  changed_.notify_all();
}

std::shared_ptr<Run> RunRegistry::find(model::ExecutionId id) const {
  const std::lock_guard lock(mutex_);
  const auto found = runs_.find(id);
  return found == runs_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<Run>> RunRegistry::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<Run>> runs;
  for (const auto& [id, run] : runs_) runs.push_back(run);
  return runs;
}

std::vector<model::ExecutionId> RunRegistry::ids() const {
  const std::lock_guard lock(mutex_);
  std::vector<model::ExecutionId> ids;
  for (const auto& [id, run] : runs_) ids.push_back(id);
  return ids;
}

std::size_t RunRegistry::size() const {
  const std::lock_guard lock(mutex_);
  return runs_.size() + reserved_;
}

bool RunRegistry::wait_gone(model::ExecutionId id, Millis limit) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, limit, [&] { return !runs_.contains(id); });
}

bool RunRegistry::wait_empty(Millis limit) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, limit, [&] { return runs_.empty() && reserved_ == 0; });
}

}  // namespace qd::engine
