#include "auth/sessions.hpp"

#include <algorithm>
#include <atomic>

#include "base/id.hpp"

namespace qd::auth {
namespace {

constexpr std::size_t cookie_length = 40;
constexpr UnixMillis longest_between_touches = 60'000;
constexpr UnixMillis sweep_interval = 10 * 60'000;

}  // namespace

struct Sessions::Impl {
  store::SessionStore& store;
  const Clock& clock;
  UnixMillis idle_life;
  std::atomic<UnixMillis> swept = 0;  // when forgotten sessions were last removed

  void sweep(UnixMillis now) {
    UnixMillis last = swept.load();
    if (now - last < sweep_interval || !swept.compare_exchange_strong(last, now)) return;
    store.remove_idle(now - idle_life);
  }
};

Sessions::Sessions(store::SessionStore& store, const Clock& clock, Millis idle_life)
    : impl_(new Impl{store, clock, idle_life.count()}) {}
Sessions::~Sessions() = default;

std::string Sessions::create(const std::string& user, const std::vector<std::string>& roles) {
  std::string cookie = base::random_token(cookie_length);
  const UnixMillis now = impl_->clock.now();
  impl_->sweep(now);
  impl_->store.create({base::sha256_hex(cookie), user, roles, now, now});
  return cookie;
}

std::optional<Identity> Sessions::verify(const std::string& cookie) {
  if (cookie.size() != cookie_length) return std::nullopt;
  const std::string hash = base::sha256_hex(cookie);
  const auto session = impl_->store.find(hash);
  if (!session) return std::nullopt;
  const UnixMillis idle = impl_->clock.now() - session->last_used;
  if (idle > impl_->idle_life) {
    impl_->store.remove(hash);
    return std::nullopt;
  }
  // A short life needs more frequent touches than one a minute, or an active user would be thrown out.
  if (idle >= std::min(longest_between_touches, impl_->idle_life / 4)) {
    impl_->store.touch(hash, session->last_used + idle);
  }
  return Identity{session->user, session->roles, Identity::By::session, {}};
}

void Sessions::remove_of_user(const std::string& user) {
  impl_->store.remove_of_user(user);
}

void Sessions::keep_youngest(const std::string& user, std::size_t kept) {
  impl_->store.remove_older(user, kept);
}

void Sessions::remove(const std::string& cookie) {
  if (cookie.size() == cookie_length) impl_->store.remove(base::sha256_hex(cookie));
}

}  // namespace qd::auth
