#include "auth/jwt.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"

namespace qd::auth {
namespace {

constexpr std::size_t kLargestToken = 64u << 10;
constexpr double kLatest = 253'402'300'799;  // the end of the year 9999, in seconds

tl::unexpected<Error> no_token(std::string why) {
  return fail(ErrorKind::unauthenticated, std::move(why));
}

Result<JsonObject> object_of(std::string_view part, const char* what) {
  const auto text = base64url_decode(part);
  if (!text) return no_token(std::string(what) + " is no base64url");
  JsonLimits limits;
  limits.max_bytes = kLargestToken;
  limits.max_depth = 16;
  auto json = parse_json(*text, limits);
  if (!json || !json->is_object()) return no_token(std::string(what) + " is no JSON object");
  return std::move(json->get_object());
}

// Seconds since 1970 as milliseconds.
std::optional<UnixMillis> time_claim(const JsonObject& claims, std::string_view name, bool& broken) {
  const Json* value = find(claims, name);
  if (value == nullptr) return std::nullopt;
  const double seconds = value->is_number() ? value->to_number<double>() : NAN;
  if (!(seconds >= 0 && seconds <= kLatest)) {
    broken = true;
    return std::nullopt;
  }
  return static_cast<UnixMillis>(seconds * 1000);
}

Result<> check_times(const JsonObject& claims, Millis leeway, UnixMillis now) {
  bool broken = false;
  const auto expires = time_claim(claims, "exp", broken);
  const auto not_before = time_claim(claims, "nbf", broken);
  const auto issued = time_claim(claims, "iat", broken);
  if (broken) return no_token("one of exp, nbf and iat is no time");
  if (!expires) return no_token("it has no exp");
  const UnixMillis slack = leeway.count();
  if (now >= *expires + slack) return no_token("it expired at " + iso8601(*expires));
  if (not_before && now + slack < *not_before) return no_token("it is not valid before " + iso8601(*not_before));
  if (issued && now + slack < *issued) return no_token("it was issued in the future, at " + iso8601(*issued));
  return {};
}

}  // namespace

Result<Jwt> parse_jwt(std::string_view text) {
  if (text.size() > kLargestToken) return no_token("the token is larger than 64 KiB");
  const auto parts = base::split(text, '.');
  if (parts.size() != 3) return no_token("it is no signed token: expected three parts");
  const auto header = object_of(parts[0], "the token's header");
  if (!header) return fail(header.error());
  if (find(*header, "crit") != nullptr) return no_token("it has critical extensions");
  auto claims = object_of(parts[1], "the token's body");
  if (!claims) return fail(claims.error());
  auto signature = base64url_decode(parts[2]);
  if (!signature) return no_token("the token's signature is no base64url");
  Jwt token;
  token.algorithm = text_or(*header, "alg");
  token.key_id = text_or(*header, "kid");
  token.claims = std::move(*claims);
  token.signed_text = parts[0] + "." + parts[1];
  token.signature = std::move(*signature);
  return token;
}

Result<> check_signature(const Jwt& token, const JwkSet& keys, const std::vector<std::string>& algorithms) {
  const std::string shown = "\"" + base::repair_utf8(token.algorithm.substr(0, 20)) + "\"";
  if (token.algorithm == "none" || std::find(algorithms.begin(), algorithms.end(), token.algorithm) == algorithms.end())
    return no_token("its algorithm " + shown + " is not among those that count here");
  bool met = false;
  for (const Jwk& key : keys) {
    const bool named = token.key_id.empty() || key.id().empty() || key.id() == token.key_id;
    if (!named || !key.fits(token.algorithm)) continue;
    met = true;
    if (key.verifies(token.algorithm, token.signed_text, token.signature)) return {};
  }
  if (met) return no_token("its signature is wrong");
  return fail(ErrorKind::not_found,
              "no key \"" + base::repair_utf8(token.key_id.substr(0, 60)) + "\" for " + shown + " is known");
}

Result<> check_claims(const JsonObject& claims, const JwtRules& rules, UnixMillis now) {
  if (auto timely = check_times(claims, rules.leeway, now); !timely) return timely;
  const std::string issuer = text_or(claims, "iss");
  if (!rules.issuer.empty() && issuer != rules.issuer)
    return no_token("its issuer is \"" + base::repair_utf8(issuer.substr(0, 200)) + "\", not \"" + rules.issuer + "\"");
  if (rules.audiences.empty()) return {};
  const auto given = claim_texts(claims, "aud", "");
  const auto meant = [&](const std::string& one) { return std::find(given.begin(), given.end(), one) != given.end(); };
  if (std::any_of(rules.audiences.begin(), rules.audiences.end(), meant)) return {};
  return no_token("its audience is \"" + base::repair_utf8(base::join(given, ", ").substr(0, 200)) + "\", not \"" +
                  base::join(rules.audiences, "\" or \"") + "\"");
}

std::vector<std::string> claim_texts(const JsonObject& claims, std::string_view name, std::string_view separators) {
  std::vector<std::string> texts;
  const Json* value = find(claims, name);
  if (value == nullptr) return texts;
  if (value->is_array()) {
    for (const Json& one : value->get_array()) {
      if (one.is_string()) texts.emplace_back(one.get_string());
    }
    return texts;
  }
  if (!value->is_string()) return texts;
  std::string text(value->get_string());
  if (separators.empty()) return {text};
  for (char& letter : text) {
    if (separators.find(letter) != std::string_view::npos) letter = ',';
  }
  return base::split_trimmed(text, ',');
}

}  // namespace qd::auth
