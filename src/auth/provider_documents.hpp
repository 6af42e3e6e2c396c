// What providers publish: discovery documents (OpenID Connect Discovery 1.0, RFC 8414) and key sets.
#pragma once

#include <string>
#include <string_view>

#include "auth/jwk.hpp"
#include "auth/web_fetch.hpp"
#include "base/result.hpp"

namespace qd::auth {

struct ProviderEndpoints {
  std::string issuer;  // "": not known
  std::string authorization, token, userinfo, jwks, end_session;
  bool issuer_in_answers = false;  // RFC 9207
};

// `url` is the document's, or the base that "/.well-known/openid-configuration" belongs behind; of a base, the document
// must name the very same issuer.
Result<ProviderEndpoints> discover(const WebFetch& fetch, const std::string& url);

Result<JwkSet> load_jwks(const WebFetch& fetch, const std::string& url);

// A PEM key at "file:/path", "/path" or a URL.
Result<JwkSet> load_public_key(const WebFetch& fetch, const std::string& location);

// The JSON object of an answer with status 200.
Result<JsonObject> json_object_of(const Result<WebAnswer>& answer, const std::string& url);

}  // namespace qd::auth
