#include "log/hub.hpp"

#include <algorithm>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

namespace qd::log {
namespace {

constexpr model::ExecutionId every_execution = 0;  // no execution has this id

}  // namespace

struct LogHub::Subscription::Watcher {
  // Held while the callback runs, so that ending the subscription waits for it; recursive, as it may come from inside.
  std::recursive_mutex running;
  Callback callback;  // empty once ended
  model::ExecutionId execution = 0;
  std::weak_ptr<Impl> hub;
};

struct LogHub::Impl {
  using Watcher = Subscription::Watcher;

  std::vector<std::shared_ptr<Watcher>> watchers_of(model::ExecutionId execution) {
    const std::lock_guard lock(mutex);
    const auto found = watchers.find(execution);
    return found == watchers.end() ? std::vector<std::shared_ptr<Watcher>>() : found->second;
  }

  void remove(const std::shared_ptr<Watcher>& watcher) {
    const std::lock_guard lock(mutex);
    const auto found = watchers.find(watcher->execution);
    if (found == watchers.end()) return;
    std::erase(found->second, watcher);
    if (found->second.empty()) watchers.erase(found);
  }

  std::mutex mutex;  // never held while a callback runs
  std::unordered_map<model::ExecutionId, std::vector<std::shared_ptr<Watcher>>> watchers;
};

LogHub::Subscription::Subscription(Subscription&& other) noexcept = default;

LogHub::Subscription& LogHub::Subscription::operator=(Subscription&& other) noexcept {
  Subscription old(std::move(*this));
  watcher_ = std::move(other.watcher_);
  return *this;
}

LogHub::Subscription::~Subscription() {
  if (!watcher_) return;
  if (const auto hub = watcher_->hub.lock()) hub->remove(watcher_);
  Callback dropped;  // destroyed without the lock
  const std::lock_guard lock(watcher_->running);
  dropped.swap(watcher_->callback);
}

LogHub::LogHub() : impl_(std::make_shared<Impl>()) {}
LogHub::~LogHub() = default;

LogHub::Subscription LogHub::subscribe(model::ExecutionId execution, Callback callback) {
  auto watcher = std::make_shared<Subscription::Watcher>();
  watcher->callback = std::move(callback);
  watcher->execution = execution;
  watcher->hub = impl_;
  const std::lock_guard lock(impl_->mutex);
  impl_->watchers[execution].push_back(watcher);
  return Subscription(std::move(watcher));
}

LogHub::Subscription LogHub::subscribe_ends(Callback callback) {
  return subscribe(every_execution, std::move(callback));
}

void LogHub::publish(const HubEvent& event) {
  auto watching = impl_->watchers_of(event.execution);
  if (event.kind == HubEvent::Kind::completed) {
    for (auto& watcher : impl_->watchers_of(every_execution)) watching.push_back(std::move(watcher));
  }
  for (const auto& watcher : watching) {
    const std::lock_guard lock(watcher->running);
    const auto callback = watcher->callback;  // a copy: it may end its own subscription
    if (callback) callback(event);
  }
}

std::size_t LogHub::watchers() const {
  const std::lock_guard lock(impl_->mutex);
  std::size_t count = 0;
  for (const auto& [execution, watching] : impl_->watchers) count += watching.size();
  return count;
}

}  // namespace qd::log
