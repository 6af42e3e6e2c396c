#include "service/job_cache.hpp"

namespace qd::service {

StoredJobPtr JobCache::find(const std::string& uuid) {
  const auto version = jobs_.version(uuid);
  if (!version) {
    forget(uuid);
    return nullptr;
  }
  return find(uuid, *version);
}

StoredJobPtr JobCache::find(const std::string& uuid, const store::JobVersion& version) {
  const StoredJobPtr kept = state_.with([&](State& state) -> StoredJobPtr {
    const auto found = state.entries.find(uuid);
    if (found == state.entries.end() || found->second.job->version() != version) return nullptr;
    state.order.splice(state.order.begin(), state.order, found->second.place);
    return found->second.job;
  });
  if (kept) return kept;

  auto fresh = jobs_.find(uuid);
  if (!fresh) return nullptr;
  const auto job = std::make_shared<const store::StoredJob>(std::move(*fresh));
  keep(uuid, job);
  return job;
}

void JobCache::keep(const std::string& uuid, const StoredJobPtr& job) {
  state_.with([&](State& state) {
    const auto found = state.entries.find(uuid);
    if (found != state.entries.end()) {
      found->second.job = job;
      return;
    }
    state.order.push_front(uuid);
    state.entries.emplace(uuid, Entry{job, state.order.begin()});
    if (state.entries.size() > capacity_) {
      state.entries.erase(state.order.back());
      state.order.pop_back();
    }
  });
}

void JobCache::forget(const std::string& uuid) {
  state_.with([&](State& state) {
    const auto found = state.entries.find(uuid);
    if (found == state.entries.end()) return;
    state.order.erase(found->second.place);
    state.entries.erase(found);
  });
}

}  // namespace qd::service
