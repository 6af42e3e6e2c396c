// JWT bearer tokens of programs: which issuer's, and what they say of who makes the request.
#pragma once

#include <memory>
#include <string>

#include "auth/login_chain.hpp"
#include "auth/oauth_config.hpp"
#include "auth/web_fetch.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"

namespace qd::auth {

// Of one provider. Thread-safe. verify() blocks on the provider when its keys are not known yet, or have another one.
class BearerTokens {
 public:
  BearerTokens(OauthProvider provider, Millis leeway, WebFetch fetch, const Clock& clock);
  ~BearerTokens();

  // The error says why not, for the log: `not_found` when the token may be another provider's.
  Result<LoginFacts> verify(const std::string& token);
  // Loads the keys, so that the first request need not wait.
  Result<> warm();
  const std::string& name() const { return provider_.name; }

 private:
  struct Keys;
  const OauthProvider provider_;
  const Millis leeway_;
  const WebFetch fetch_;
  const Clock& clock_;
  std::unique_ptr<Keys> keys_;
};

}  // namespace qd::auth
