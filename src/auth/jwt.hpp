// JSON Web Tokens (RFC 7519) in compact form, and how one is judged (RFC 8725).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "auth/jwk.hpp"
#include "base/clock.hpp"
#include "base/json.hpp"
#include "base/result.hpp"

namespace qd::auth {

struct Jwt {
  std::string algorithm, key_id;  // as the header says: not to be believed before check_signature()
  JsonObject claims;
  std::string signed_text;  // what the signature is of
  std::string signature;    // bytes
};

struct JwtRules {
  std::vector<std::string> algorithms;  // those that count; "none" never does
  std::string issuer;                   // `iss` must be this; "": anybody
  std::vector<std::string> audiences;   // one of them must be in `aud`; empty: any
  Millis leeway{60'000};                // how far clocks may differ
};

// 64 KiB at most. Encrypted tokens, and those with critical extensions, are refused.
Result<Jwt> parse_jwt(std::string_view text);

// Is one of `keys` behind the signature? The error is `not_found` when no key has the token's key id (another set may),
// and `unauthenticated` otherwise.
Result<> check_signature(const Jwt& token, const JwkSet& keys, const std::vector<std::string>& algorithms);

// Issuer, audience, and times: `exp` must be there.
Result<> check_claims(const JsonObject& claims, const JwtRules& rules, UnixMillis now);

// The texts of a claim: of an array its texts, of a text what stands between commas or blanks (a text with one word is
// one). Empty when it is absent or something else.
std::vector<std::string> claim_texts(const JsonObject& claims, std::string_view name, std::string_view separators);

}  // namespace qd::auth
