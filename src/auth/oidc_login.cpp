#include "auth/oidc_login.hpp"

#include <algorithm>
#include <openssl/sha.h>

#include "auth/jwt.hpp"
#include "auth/kept.hpp"
#include "base/id.hpp"
#include "base/text.hpp"

namespace qd::auth {
namespace {

constexpr std::size_t kSecretLength = 43;
constexpr std::size_t kLongestCode = 4096;
constexpr std::size_t kLongestName = 190;
constexpr std::size_t kMostRoles = 1000;

std::string sha256(std::string_view text) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  return {reinterpret_cast<const char*>(digest), sizeof digest};
}

// 43 letters that say nothing of the secret, nor of each other.
std::string derive(const std::string& purpose, const std::string& provider, const std::string& secret) {
  return base64url(sha256(purpose + "\n" + provider + "\n" + secret));
}

// "a=1&b=x%20y"
std::string form_of(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string text;
  for (const auto& [name, value] : fields) {
    if (!text.empty()) text += '&';
    text += name + "=" + base::percent_encode(value);
  }
  return text;
}

std::string with_query(const std::string& url, const std::string& query) {
  return url + (url.find('?') == std::string::npos ? "?" : "&") + query;
}

const std::vector<std::string>& id_token_algorithms() {
  static const std::vector<std::string> all{"RS256", "RS384", "RS512", "PS256", "PS384",
                                            "PS512", "ES256", "ES384", "ES512", "EdDSA"};
  return all;
}

tl::unexpected<Error> no_login(std::string why) {
  return fail(ErrorKind::unauthenticated, std::move(why));
}

std::string short_text(const std::string& text) {
  return base::repair_utf8(text.substr(0, 200));
}

}  // namespace

struct OidcLogin::Documents {
  Kept<ProviderEndpoints> endpoints;
  Kept<JwkSet> keys;
};

OidcLogin::OidcLogin(OauthProvider provider, ProfileClaims profile, Millis leeway, WebFetch fetch, const Clock& clock)
    : provider_(std::move(provider)),
      profile_(std::move(profile)),
      leeway_(leeway),
      fetch_(std::move(fetch)),
      clock_(clock) {
  auto endpoints = [this]() -> Result<ProviderEndpoints> {
    ProviderEndpoints found;
    if (!provider_.auto_config_url.empty()) {
      auto discovered = discover(fetch_, provider_.auto_config_url);
      if (!discovered) return discovered;
      found = std::move(*discovered);
    }
    const auto prefer = [](std::string& field, const std::string& configured) {
      if (!configured.empty()) field = configured;
    };
    prefer(found.issuer, provider_.issuer);
    prefer(found.authorization, provider_.authorization_uri);
    prefer(found.token, provider_.token_uri);
    prefer(found.userinfo, provider_.userinfo_uri);
    prefer(found.jwks, provider_.jwks_uri);
    if (found.authorization.empty() || found.token.empty())
      return fail(ErrorKind::invalid, "the provider names no authorization_endpoint or no token_endpoint");
    return found;
  };
  auto keys = [this]() -> Result<JwkSet> {
    const auto known = documents_->endpoints.get();
    if (!known) return fail(known.error());
    return load_jwks(fetch_, (*known)->jwks);
  };
  documents_.reset(new Documents{{std::move(endpoints), clock_, {}}, {std::move(keys), clock_, {}}});
}

OidcLogin::~OidcLogin() = default;

Result<OidcLogin::Started> OidcLogin::start(const std::string& redirect_uri) {
  const auto endpoints = documents_->endpoints.get();
  if (!endpoints) return fail(endpoints.error());
  Started started;
  started.secret = base::random_token(kSecretLength);
  const std::string verifier = derive("verifier", provider_.name, started.secret);
  started.url =
      with_query((*endpoints)->authorization, form_of({{"response_type", "code"},
                                                       {"client_id", provider_.client_id},
                                                       {"redirect_uri", redirect_uri},
                                                       {"scope", provider_.scope},
                                                       {"state", derive("state", provider_.name, started.secret)},
                                                       {"nonce", derive("nonce", provider_.name, started.secret)},
                                                       {"code_challenge", base64url(sha256(verifier))},
                                                       {"code_challenge_method", "S256"}}));
  return started;
}

Result<LoginFacts> OidcLogin::finish(const Answer& answer, const std::string& secret, const std::string& redirect_uri) {
  const bool ours = secret.size() == kSecretLength &&
                    base::constant_time_equal(answer.state, derive("state", provider_.name, secret));
  if (!ours) return fail(ErrorKind::conflict, "the answer's state does not belong to this browser");
  const auto endpoints = documents_->endpoints.get();
  if (!endpoints) return fail(endpoints.error());
  const ProviderEndpoints& provider = **endpoints;
  // Another provider's answer must not pass for this one's.
  const bool named = !answer.issuer.empty() && !provider.issuer.empty();
  if ((named && answer.issuer != provider.issuer) || (provider.issuer_in_answers && answer.issuer.empty()))
    return no_login("the answer is of the issuer \"" + short_text(answer.issuer) + "\"");
  if (!answer.error.empty()) return fail(ErrorKind::unauthorized, "the provider says: " + short_text(answer.error));
  if (answer.code.empty() || answer.code.size() > kLongestCode) return no_login("the answer has no code");

  const auto tokens = exchange(provider, answer.code, derive("verifier", provider_.name, secret), redirect_uri);
  if (!tokens) return fail(tokens.error());
  auto claims = id_claims(text_or(*tokens, "id_token"), derive("nonce", provider_.name, secret), provider);
  if (!claims) return fail(claims.error());
  const std::string access = text_or(*tokens, "access_token");
  if (!provider.userinfo.empty() && !access.empty()) {
    if (auto added = add_userinfo(*claims, provider, access); !added) return fail(added.error());
  }
  return facts_of(*claims);
}

Result<JsonObject> OidcLogin::exchange(const ProviderEndpoints& endpoints, const std::string& code,
                                       const std::string& verifier, const std::string& redirect_uri) {
  std::vector<std::pair<std::string, std::string>> fields{{"grant_type", "authorization_code"},
                                                          {"code", code},
                                                          {"redirect_uri", redirect_uri},
                                                          {"code_verifier", verifier}};
  WebCall call{endpoints.token};
  if (provider_.basic_auth) {
    // RFC 6749, 2.3.1: both are encoded as in a form first.
    call.user = base::percent_encode(provider_.client_id);
    call.password = base::percent_encode(provider_.client_secret);
  } else {
    fields.emplace_back("client_id", provider_.client_id);
    if (!provider_.client_secret.empty()) fields.emplace_back("client_secret", provider_.client_secret);
  }
  call.form = form_of(fields);
  const auto answer = fetch_(call);
  if (answer && answer->status >= 400 && answer->status < 500) {
    const auto said = parse_json(answer->body);
    const std::string error = said && said->is_object() ? text_or(said->get_object(), "error") : "";
    return no_login("the token endpoint refused the code: status " + std::to_string(answer->status) + " " +
                    short_text(error));
  }
  return json_object_of(answer, endpoints.token);
}

Result<JsonObject> OidcLogin::id_claims(const std::string& id_token, const std::string& nonce,
                                        const ProviderEndpoints& endpoints) {
  if (id_token.empty()) return no_login("the provider gave no id_token; is \"openid\" among the scopes?");
  auto token = parse_jwt(id_token);
  if (!token) return fail(token.error());
  auto keys = documents_->keys.get();
  if (!keys) return fail(keys.error());
  auto right = check_signature(*token, **keys, id_token_algorithms());
  if (!right && right.error().kind == ErrorKind::not_found) {
    keys = documents_->keys.newer_than(*keys);
    if (!keys) return fail(keys.error());
    right = check_signature(*token, **keys, id_token_algorithms());
  }
  if (!right) return no_login("the id token cannot be verified: " + right.error().message);
  const JwtRules rules{{}, endpoints.issuer, {provider_.client_id}, leeway_};
  if (auto good = check_claims(token->claims, rules, clock_.now()); !good)
    return no_login("the id token is not valid: " + good.error().message);
  const std::string party = text_or(token->claims, "azp");
  const bool for_others = claim_texts(token->claims, "aud", "").size() > 1;
  if ((for_others || !party.empty()) && party != provider_.client_id)
    return no_login("the id token was made for \"" + short_text(party) + "\"");
  if (!base::constant_time_equal(text_or(token->claims, "nonce"), nonce))
    return no_login("the id token's nonce is not the one of this login");
  if (text_or(token->claims, "sub").empty()) return no_login("the id token names no subject");
  return std::move(token->claims);
}

Result<> OidcLogin::add_userinfo(JsonObject& claims, const ProviderEndpoints& endpoints,
                                 const std::string& access_token) {
  WebCall call{endpoints.userinfo};
  call.bearer = access_token;
  const auto info = json_object_of(fetch_(call), endpoints.userinfo);
  if (!info) return fail(info.error());
  if (text_or(*info, "sub") != text_or(claims, "sub")) return no_login("userinfo is about another subject");
  // What is signed counts more.
  for (const auto& entry : *info) {
    if (!claims.contains(entry.key())) claims[entry.key()] = entry.value();
  }
  return {};
}

Result<LoginFacts> OidcLogin::facts_of(const JsonObject& claims) const {
  LoginFacts facts;
  for (const std::string& name : provider_.name_claims) {
    facts.user = text_or(claims, name);
    if (!facts.user.empty()) break;
  }
  if (!good_user_name(facts.user))
    return no_login("none of the claims " + base::join(provider_.name_claims, ", ") + " names a user");
  facts.roles = good_roles(claim_texts(claims, provider_.groups_claim, ","), "");
  facts.first_name = text_or(claims, profile_.first_name);
  facts.last_name = text_or(claims, profile_.last_name);
  facts.email = text_or(claims, profile_.email);
  return facts;
}

std::string OidcLogin::logout_url(const std::string& then) {
  if (!provider_.end_session) return {};
  const auto endpoints = documents_->endpoints.get();
  if (!endpoints || (*endpoints)->end_session.empty()) return {};
  return with_query((*endpoints)->end_session,
                    form_of({{"client_id", provider_.client_id}, {"post_logout_redirect_uri", then}}));
}

bool good_user_name(const std::string& name) {
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  return !name.empty() && name.size() <= kLongestName && base::valid_utf8(name) &&
         std::none_of(name.begin(), name.end(), control);
}

std::vector<std::string> good_roles(const std::vector<std::string>& roles, const std::string& prefix) {
  std::vector<std::string> good;
  for (const std::string& role : roles) {
    if (good.size() >= kMostRoles) break;
    if (good_user_name(role)) add_roles(good, {prefix + role});
  }
  return good;
}

}  // namespace qd::auth
