#include "auth/login_throttle.hpp"

#include <algorithm>
#include <unordered_map>

#include "base/guarded.hpp"
#include "base/id.hpp"

namespace qd::auth {
namespace {

constexpr std::size_t most_counters = 20'000;
constexpr std::size_t most_friends = 20'000;
constexpr int address_factor = 5;
constexpr int most_doublings = 20;
constexpr UnixMillis first_pause = 1'000;
constexpr UnixMillis forgotten_after = 15 * 60'000;  // without a further wrong login

}  // namespace

struct LoginThrottle::Impl {
  struct Counter {
    int failures = 0;
    UnixMillis last = 0;
  };
  struct State {
    std::unordered_map<std::string, Counter> counters;
    std::unordered_map<std::string, UnixMillis> friends;  // pairs that logged in before, and when
  };

  const Clock& clock;
  ThrottleConfig config;
  base::Guarded<State> state{};

  // Names can be endless: their digests are not.
  static std::string of_user(const std::string& user) { return "u" + base::sha256_hex(user); }
  static std::string of_address(const std::string& address) { return "a" + address; }
  static std::string of_pair(const std::string& user, const std::string& address) {
    return "p" + base::sha256_hex(user) + address;
  }

  UnixMillis pause_of(const State& all, const std::string& key, int tries, UnixMillis now) const {
    const auto found = all.counters.find(key);
    if (found == all.counters.end() || now - found->second.last > forgotten_after) return 0;
    const int beyond = found->second.failures - tries;
    if (beyond < 0) return 0;
    const UnixMillis pause =
        std::min<UnixMillis>(config.longest_pause.count(), first_pause << std::min(beyond, most_doublings));
    return std::max<UnixMillis>(0, found->second.last + pause - now);
  }

  void count(State& all, const std::string& key, UnixMillis now) const {
    if (all.counters.size() >= most_counters) {
      std::erase_if(all.counters, [&](const auto& entry) { return now - entry.second.last > forgotten_after; });
      if (all.counters.size() >= most_counters) all.counters.erase(all.counters.begin());
    }
    Counter& counter = all.counters[key];
    if (now - counter.last > forgotten_after) counter.failures = 0;
    ++counter.failures;
    counter.last = now;
  }
};

LoginThrottle::LoginThrottle(const Clock& clock, ThrottleConfig config) : impl_(new Impl{clock, config}) {}
LoginThrottle::~LoginThrottle() = default;

Millis LoginThrottle::wait(const std::string& user, const std::string& address) {
  if (!impl_->config.enabled) return Millis(0);
  const UnixMillis now = impl_->clock.now();
  const int tries = impl_->config.tries;
  return Millis(impl_->state.with([&](const Impl::State& all) {
    const std::string pair = Impl::of_pair(user, address);
    if (all.friends.contains(pair)) return impl_->pause_of(all, pair, tries, now);
    return std::max(impl_->pause_of(all, Impl::of_user(user), tries, now),
                    impl_->pause_of(all, Impl::of_address(address), tries * address_factor, now));
  }));
}

void LoginThrottle::failed(const std::string& user, const std::string& address) {
  const UnixMillis now = impl_->clock.now();
  impl_->state.with([&](Impl::State& all) {
    const std::string pair = Impl::of_pair(user, address);
    if (all.friends.contains(pair)) return impl_->count(all, pair, now);
    impl_->count(all, Impl::of_user(user), now);
    impl_->count(all, Impl::of_address(address), now);
  });
}

void LoginThrottle::succeeded(const std::string& user, const std::string& address) {
  const UnixMillis now = impl_->clock.now();
  impl_->state.with([&](Impl::State& all) {
    const std::string pair = Impl::of_pair(user, address);
    if (all.friends.size() >= most_friends) all.friends.erase(all.friends.begin());
    all.friends[pair] = now;
    all.counters.erase(pair);
    all.counters.erase(Impl::of_user(user));
  });
}

}  // namespace qd::auth
