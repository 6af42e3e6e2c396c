// Who makes a request, and from where.
#pragma once

#include <optional>
#include <string>

#include "api/services.hpp"
#include "auth/identity.hpp"
#include "http/message.hpp"

namespace qd::api {

inline constexpr const char* kSessionCookie = "JSESSIONID";

struct Requester {
  std::optional<auth::Identity> identity;
  std::string name = "(unauthenticated)";  // as the refusal names him
};

// By API token, by JWT, by the headers of a trusted proxy, or by session cookie, in this order.
Requester find_requester(Services& services, const http::Request& request);
// By the token of a webhook's URL, and by nothing else. Nullopt: this server has no webhooks.
std::optional<Requester> find_poster(Services& services, const http::Request& request, const std::string& token);
// The same without tokens, for pages.
std::optional<auth::Identity> find_visitor(Services& services, const http::Request& request);

// Behind trusted proxies it is the last address in X-Forwarded-For that is none of theirs.
service::ClientOrigin origin_of(const RequestRules& rules, const http::Request& request);
// Over TLS, as far as the client sees.
bool is_secure(const RequestRules& rules, const http::Request& request);

}  // namespace qd::api
