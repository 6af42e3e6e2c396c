#include "auth/login_cache.hpp"

#include <array>
#include <openssl/evp.h>
#include <stdexcept>
#include <unordered_map>

#include "base/guarded.hpp"
#include "base/id.hpp"

namespace qd::auth {
namespace {

constexpr int rounds = 10'000;
constexpr std::size_t most_kept = 10'000;
constexpr std::size_t salt_length = 32;

}  // namespace

struct LoginCache::Impl {
  struct Kept {
    std::string proof;
    LoginFacts facts;
    UnixMillis since = 0;
  };

  const Clock& clock;
  Millis life;
  std::string salt = base::random_token(salt_length);
  base::Guarded<std::unordered_map<std::string, Kept>> by_user{};

  std::string proof(const Credentials& credentials) const {
    const std::string own_salt = salt + credentials.user;
    std::array<unsigned char, 32> hash{};
    if (PKCS5_PBKDF2_HMAC(credentials.password.data(), static_cast<int>(credentials.password.size()),
                          reinterpret_cast<const unsigned char*>(own_salt.data()), static_cast<int>(own_salt.size()),
                          rounds, EVP_sha256(), static_cast<int>(hash.size()), hash.data()) != 1) {
      throw std::runtime_error("OpenSSL computes no PBKDF2");
    }
    return {reinterpret_cast<const char*>(hash.data()), hash.size()};
  }
};

LoginCache::LoginCache(const Clock& clock, Millis life) : impl_(new Impl{clock, life}) {}
LoginCache::~LoginCache() = default;

std::optional<LoginFacts> LoginCache::find(const Credentials& credentials) {
  if (impl_->life.count() <= 0) return std::nullopt;
  const UnixMillis now = impl_->clock.now();
  const auto kept = impl_->by_user.with([&](auto& all) -> std::optional<Impl::Kept> {
    const auto found = all.find(credentials.user);
    if (found == all.end()) return std::nullopt;
    if (now < found->second.since || now - found->second.since >= impl_->life.count()) {
      all.erase(found);
      return std::nullopt;
    }
    return found->second;
  });
  if (!kept || !base::constant_time_equal(impl_->proof(credentials), kept->proof)) return std::nullopt;
  return kept->facts;
}

void LoginCache::put(const Credentials& credentials, const LoginFacts& facts) {
  if (impl_->life.count() <= 0) return;
  Impl::Kept kept{impl_->proof(credentials), facts, impl_->clock.now()};
  impl_->by_user.with([&](auto& all) {
    if (all.size() >= most_kept) all.clear();
    all[credentials.user] = std::move(kept);
  });
}

}  // namespace qd::auth
