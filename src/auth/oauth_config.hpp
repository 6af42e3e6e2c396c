// Providers of single sign-on and of JWT bearer tokens, as rundeck.security.oauth.NAME.* and quarterdeck.oauth.NAME.*
// name them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace qd::auth {

struct OauthProvider {
  std::string name;  // NAME, of letters, digits, '-' and '_'
  // Either a base URL or the URL of the discovery document, or else each endpoint.
  std::string auto_config_url, authorization_uri, token_uri, userinfo_uri, jwks_uri;
  std::string issuer;  // what `iss` must be when discovery does not say it; "": not looked at

  // Logins in the browser: on when there is a client id and a way to the endpoints.
  std::string client_id, client_secret;
  std::string scope = "openid profile email";
  std::string redirect_uri;  // customRedirectUri; "": made from the server's URL
  std::string groups_claim = "groups";
  std::vector<std::string> name_claims;  // principleKeys: the first one that is there names the user
  bool basic_auth = false;
  bool end_session = false;  // does a logout here end the provider's session too?
  bool logs_in() const { return !client_id.empty() && (!auto_config_url.empty() || !authorization_uri.empty()); }

  // Programs with `Authorization: Bearer`.
  struct Bearer {
    bool enabled = false;
    std::string issuer_uri, jwks_uri, public_key;  // where the keys are, in this order; public_key: file: or a URL
    std::string shared_key;                        // instead of them
    std::vector<std::string> audiences;            // empty: any
    std::vector<std::string> role_claims{"scope", "scp", "roles"};
    std::string role_prefix;
    std::vector<std::string> algorithms{"RS256"};
    std::string name_claim = "sub";
  } bearer;
};

struct OauthConfig {
  std::vector<OauthProvider> providers;   // by name
  std::vector<std::string> unknown_keys;  // that no provider has
};

inline constexpr const char* kOauthPrefix = "rundeck.security.oauth.";
inline constexpr const char* kOwnOauthPrefix = "quarterdeck.oauth.";

// Settings are looked up as Spring does: case and dashes do not count. The error has a line for each mistake, which
// starts with the key and never shows a secret.
Result<OauthConfig> parse_oauth_config(const std::map<std::string, std::string>& properties);

}  // namespace qd::auth
