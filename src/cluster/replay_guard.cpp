#include "cluster/replay_guard.hpp"

namespace qd::cluster {

Result<void> ReplayGuard::admit(const std::string& nonce, UnixMillis until, UnixMillis now) {
  return seen_.with([&](Seen& seen) -> Result<void> {
    while (!seen.by_end.empty() && seen.by_end.begin()->first < now) {
      seen.nonces.erase(seen.by_end.begin()->second);
      seen.by_end.erase(seen.by_end.begin());
    }
    if (seen.nonces.contains(nonce)) return fail(ErrorKind::conflict, "This request was received before.");
    if (seen.nonces.size() >= capacity_) {
      return fail(ErrorKind::unavailable, "Too many requests of members in a short time; try again in a minute.");
    }
    seen.nonces.insert(nonce);
    seen.by_end.emplace(until, nonce);
    return {};
  });
}

std::size_t ReplayGuard::size() const {
  return seen_.with([](const Seen& seen) { return seen.nonces.size(); });
}

}  // namespace qd::cluster
