#include "service/job_cache.hpp"

namespace qd::service {

StoredJobPtr JobCache::find(const std::string& uuid) {
  const auto revision = jobs_.revision(uuid);
  if (!revision) {
    forget(uuid);
    return nullptr;
  }
  return find(uuid, *revision);
}

StoredJobPtr JobCache::find(const std::string& uuid, std::int64_t revision) {
  const StoredJobPtr kept = state_.with([&](State& state) -> StoredJobPtr {
    const auto found = state.entries.find(uuid);
    if (found == state.entries.end() || found->second.job->revision != revision) return nullptr;
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
