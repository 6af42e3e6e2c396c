#include "auth/bearer_tokens.hpp"

#include "auth/jwt.hpp"
#include "auth/kept.hpp"
#include "auth/oidc_login.hpp"
#include "auth/provider_documents.hpp"
#include "base/text.hpp"

namespace qd::auth {
namespace {

// Keys, and the issuer that they are of; "": any.
struct IssuerKeys {
  std::string issuer;
  JwkSet keys;
};

bool is_document(const std::string& url) {
  return url.find("/.well-known/") != std::string::npos;
}

Result<IssuerKeys> with_issuer(Result<JwkSet> keys, const std::string& issuer) {
  if (!keys) return fail(keys.error());
  return IssuerKeys{issuer, std::move(*keys)};
}

Result<IssuerKeys> discovered_keys(const WebFetch& fetch, const std::string& url) {
  const auto endpoints = discover(fetch, url);
  if (!endpoints) return fail(endpoints.error());
  return with_issuer(load_jwks(fetch, endpoints->jwks), endpoints->issuer);
}

Result<IssuerKeys> load_issuer_keys(const OauthProvider& provider, const WebFetch& fetch) {
  const auto& bearer = provider.bearer;
  if (!bearer.shared_key.empty()) {
    auto key = Jwk::from_secret(bearer.shared_key);
    if (!key) return fail(key.error());
    return IssuerKeys{provider.issuer, {std::move(*key)}};
  }
  if (!bearer.jwks_uri.empty()) {
    const bool plain = !bearer.issuer_uri.empty() && !is_document(bearer.issuer_uri);
    return with_issuer(load_jwks(fetch, bearer.jwks_uri), plain ? bearer.issuer_uri : provider.issuer);
  }
  if (!bearer.issuer_uri.empty()) return discovered_keys(fetch, bearer.issuer_uri);
  if (!bearer.public_key.empty()) return with_issuer(load_public_key(fetch, bearer.public_key), provider.issuer);
  return discovered_keys(fetch, provider.auto_config_url);
}

}  // namespace

struct BearerTokens::Keys {
  Kept<IssuerKeys> kept;
};

BearerTokens::BearerTokens(OauthProvider provider, Millis leeway, WebFetch fetch, const Clock& clock)
    : provider_(std::move(provider)),
      leeway_(leeway),
      fetch_(std::move(fetch)),
      clock_(clock),
      keys_(new Keys{{[this] { return load_issuer_keys(provider_, fetch_); }, clock_, {}}}) {}

BearerTokens::~BearerTokens() = default;

Result<> BearerTokens::warm() {
  const auto keys = keys_->kept.get();
  if (!keys) return fail(keys.error());
  return {};
}

Result<LoginFacts> BearerTokens::verify(const std::string& text) {
  const auto token = parse_jwt(text);
  if (!token) return fail(token.error());
  auto known = keys_->kept.get();
  if (!known) return fail(known.error());
  const auto& bearer = provider_.bearer;
  // Another provider's token must not make us load this one's keys again.
  const std::string& issuer = (*known)->issuer;
  if (!issuer.empty() && text_or(token->claims, "iss") != issuer)
    return fail(ErrorKind::not_found, "its issuer is \"" +
                                          base::repair_utf8(text_or(token->claims, "iss").substr(0, 200)) +
                                          "\", not \"" + issuer + "\"");
  auto right = check_signature(*token, (*known)->keys, bearer.algorithms);
  if (!right && right.error().kind == ErrorKind::not_found) {
    known = keys_->kept.newer_than(*known);
    if (!known) return fail(known.error());
    right = check_signature(*token, (*known)->keys, bearer.algorithms);
  }
  if (!right) return fail(right.error());
  const JwtRules rules{{}, (*known)->issuer, bearer.audiences, leeway_};
  if (auto good = check_claims(token->claims, rules, clock_.now()); !good) return fail(good.error());

  LoginFacts facts;
  facts.user = text_or(token->claims, bearer.name_claim);
  if (!good_user_name(facts.user))
    return fail(ErrorKind::unauthenticated, "its claim \"" + bearer.name_claim + "\" names no user");
  std::vector<std::string> roles = claim_texts(token->claims, provider_.groups_claim, ",");
  for (const std::string& claim : bearer.role_claims) add_roles(roles, claim_texts(token->claims, claim, ", "));
  facts.roles = good_roles(roles, bearer.role_prefix);
  return facts;
}

}  // namespace qd::auth
