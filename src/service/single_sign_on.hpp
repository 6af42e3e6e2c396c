// Logins by OpenID Connect providers, and requests with JWT bearer tokens.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "auth/bearer_tokens.hpp"
#include "auth/oidc_login.hpp"
#include "base/clock.hpp"
#include "service/logins.hpp"

namespace qd::service {

struct SingleSignOnRules {
  std::vector<auth::OauthProvider> providers;
  auth::ProfileClaims profile;
  bool sync_profiles = false;
  Millis leeway{60'000};
};

// Thread-safe; blocks on providers, for seconds at most.
class SingleSignOn {
 public:
  SingleSignOn(SingleSignOnRules rules, const auth::WebFetch& fetch, Logins& logins, const Clock& clock);

  // Errors: `not_found` (no such provider), `unavailable`.
  Result<auth::OidcLogin::Started> start(const std::string& provider, const std::string& server_url);
  // The session cookie's value, or why there is none. What an Error says is for people; the log knows more.
  using Finished = std::variant<std::string, Logins::Refusal, Error>;
  Finished finish(const std::string& provider, const auth::OidcLogin::Answer& answer, const std::string& secret,
                  const std::string& server_url, const ClientOrigin& from);
  // Where the provider ends its session too, and comes back to `then`; "": it does not.
  std::string logout_url(const std::string& provider, const std::string& then);

  // Is `Authorization: Bearer` looked at?
  bool takes_bearer() const { return !bearers_.empty(); }
  std::optional<auth::Identity> by_bearer(const std::string& token, const ClientOrigin& from);
  // Loads the keys of bearer tokens; logs what goes wrong.
  void warm() noexcept;

 private:
  auth::OidcLogin* find(const std::string& provider);
  std::string redirect_uri(const auth::OidcLogin& login, const std::string& server_url) const;
  Error explain(const auth::OidcLogin& login, const Error& error, const ClientOrigin& from);

  std::vector<std::unique_ptr<auth::OidcLogin>> logins_by_provider_;
  std::vector<std::unique_ptr<auth::BearerTokens>> bearers_;
  const bool sync_profiles_;
  Logins& logins_;
  const Clock& clock_;
  std::atomic<int> under_way_{0};
  std::atomic<UnixMillis> complained_{0};  // of a bearer token
};

}  // namespace qd::service
