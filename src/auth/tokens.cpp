#include "auth/tokens.hpp"

#include <unordered_map>

#include "auth/static_tokens.hpp"
#include "base/guarded.hpp"
#include "base/id.hpp"

namespace qd::auth {
namespace {

constexpr std::size_t secret_length = 32;
constexpr std::size_t longest_secret = 512;  // static tokens are chosen by people
constexpr std::size_t most_cached = 10'000;
constexpr UnixMillis cache_life = 1'000;

bool expired(const std::optional<UnixMillis>& expires, UnixMillis now) {
  return expires && *expires <= now;
}

}  // namespace

struct Tokens::Impl {
  struct Cached {
    Identity identity;
    std::optional<UnixMillis> expires;
    UnixMillis since = 0;
  };
  struct Cache {
    std::unordered_map<std::string, Cached> by_hash;
    std::uint64_t removals = 0;  // a look-up that began before a removal must not fill the cache after it
  };

  store::TokenStore& store;
  const Clock& clock;
  StaticTokens static_tokens;
  base::Guarded<Cache> cache{};

  std::optional<Identity> cached(const std::string& hash, UnixMillis now) {
    return cache.with([&](Cache& entries) -> std::optional<Identity> {
      const auto found = entries.by_hash.find(hash);
      if (found == entries.by_hash.end()) return std::nullopt;
      const auto& entry = found->second;
      if (now < entry.since || now - entry.since >= cache_life || expired(entry.expires, now)) {
        entries.by_hash.erase(found);
        return std::nullopt;
      }
      return entry.identity;
    });
  }

  void remember(const std::string& hash, Cached entry, std::uint64_t removals_before) {
    cache.with([&](Cache& entries) {
      if (entries.removals != removals_before) return;
      if (entries.by_hash.size() >= most_cached) entries.by_hash.clear();
      entries.by_hash[hash] = std::move(entry);
    });
  }

  void forget(const std::string& hash) {
    cache.with([&](Cache& entries) {
      ++entries.removals;
      entries.by_hash.erase(hash);
    });
  }
};

Tokens::Tokens(store::TokenStore& store, const Clock& clock, std::filesystem::path static_file)
    : impl_(new Impl{store, clock, StaticTokens(std::move(static_file))}) {}
Tokens::~Tokens() = default;

std::optional<Identity> Tokens::verify(const std::string& secret) {
  if (secret.empty() || secret.size() > longest_secret) return std::nullopt;
  const std::string hash = base::sha256_hex(secret);
  const UnixMillis now = impl_->clock.now();
  if (auto identity = impl_->static_tokens.find(hash)) return identity;
  if (auto identity = impl_->cached(hash, now)) return identity;

  const auto removals = impl_->cache.with([](const Impl::Cache& entries) { return entries.removals; });
  const auto token = impl_->store.find_by_hash(hash);
  if (!token || expired(token->expires, now)) return std::nullopt;
  Identity identity{token->user, token->roles, Identity::By::token, token->id};
  impl_->remember(hash, {identity, token->expires, now}, removals);
  return identity;
}

Tokens::Created Tokens::create(const NewToken& wanted) {
  Created created;
  created.secret = base::random_token(secret_length);
  created.token.id = base::new_uuid();
  created.token.hash = base::sha256_hex(created.secret);
  created.token.name = wanted.name;
  created.token.user = wanted.user;
  created.token.creator = wanted.creator;
  created.token.roles = wanted.roles;
  created.token.created = impl_->clock.now();
  if (wanted.life) created.token.expires = created.token.created + wanted.life->count();
  impl_->store.create(created.token);
  return created;
}

std::optional<Tokens::Created> Tokens::rotate(const store::Token& token, std::optional<Millis> life) {
  Created renewed{token, base::random_token(secret_length)};
  renewed.token.hash = base::sha256_hex(renewed.secret);
  renewed.token.created = impl_->clock.now();
  renewed.token.expires.reset();
  if (life) renewed.token.expires = renewed.token.created + life->count();
  const bool renewed_it =
      impl_->store.renew(token.id, renewed.token.hash, renewed.token.created, renewed.token.expires);
  impl_->forget(token.hash);
  if (!renewed_it) return std::nullopt;
  return renewed;
}

std::int64_t Tokens::remove_expired(UnixMillis before, const std::string& user) {
  return impl_->store.remove_expired(before, user);
}

std::optional<store::Token> Tokens::find(const std::string& id_or_secret) {
  if (id_or_secret.empty() || id_or_secret.size() > longest_secret) return std::nullopt;
  if (auto token = impl_->store.find(id_or_secret)) return token;
  return impl_->store.find_by_hash(base::sha256_hex(id_or_secret));
}

std::vector<store::Token> Tokens::list(const std::string& user) {
  return impl_->store.list(user);
}

bool Tokens::remove(const std::string& id_or_secret) {
  const auto token = find(id_or_secret);
  if (!token) return false;
  const bool removed = impl_->store.remove(token->id);
  impl_->forget(token->hash);
  return removed;
}

}  // namespace qd::auth
