// Logins by an OpenID Connect provider: the authorization code flow with PKCE (OpenID Connect Core 1.0; RFC 6749, 7636,
// 9207, 9700).
//
// Nothing is stored between the two halves, so that any member can do the second one: the browser keeps a random secret
// in a cookie, and state, nonce and code verifier are hashes of it. Whoever has not that cookie cannot finish a login.
#pragma once

#include <memory>
#include <string>

#include "auth/login_chain.hpp"
#include "auth/oauth_config.hpp"
#include "auth/provider_documents.hpp"
#include "auth/web_fetch.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"

namespace qd::auth {

// Claims that go to profiles.
struct ProfileClaims {
  std::string first_name = "given_name", last_name = "family_name", email = "email";
};

// Thread-safe; start() and finish() block on the provider, for some seconds at most each call.
class OidcLogin {
 public:
  OidcLogin(OauthProvider provider, ProfileClaims profile, Millis leeway, WebFetch fetch, const Clock& clock);
  ~OidcLogin();

  struct Started {
    std::string url;     // of the provider, where the browser goes
    std::string secret;  // what the browser keeps in its cookie
  };
  // `redirect_uri` is where the provider sends the browser back to.
  Result<Started> start(const std::string& redirect_uri);

  // What the provider sent the browser back with.
  struct Answer {
    std::string code, state, issuer, error;
  };
  // Errors: `unauthenticated` (of the answer or the token; the message says why, for the log), `unavailable`,
  // `unauthorized` (the provider says no), `conflict` (this browser did not begin this login).
  Result<LoginFacts> finish(const Answer& answer, const std::string& secret, const std::string& redirect_uri);

  // Where the provider ends its own session, and comes back to `then`; "": it cannot, or shall not.
  std::string logout_url(const std::string& then);

  const OauthProvider& provider() const { return provider_; }

 private:
  struct Documents;
  Result<JsonObject> id_claims(const std::string& id_token, const std::string& nonce,
                               const ProviderEndpoints& endpoints);
  Result<JsonObject> exchange(const ProviderEndpoints& endpoints, const std::string& code, const std::string& verifier,
                              const std::string& redirect_uri);
  Result<> add_userinfo(JsonObject& claims, const ProviderEndpoints& endpoints, const std::string& access_token);
  Result<LoginFacts> facts_of(const JsonObject& claims) const;

  const OauthProvider provider_;
  const ProfileClaims profile_;
  const Millis leeway_;
  const WebFetch fetch_;
  const Clock& clock_;
  std::unique_ptr<Documents> documents_;
};

// A name that can be a user's: not empty, 190 bytes of UTF-8 at most, without control characters.
bool good_user_name(const std::string& name);
// What can be roles, without repeats, 1,000 at most.
std::vector<std::string> good_roles(const std::vector<std::string>& roles, const std::string& prefix);

}  // namespace qd::auth
