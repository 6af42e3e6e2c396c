// Who makes a request, from where, and whether a browser was lured into making it.
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
// The same without tokens, for pages.
std::optional<auth::Identity> find_visitor(Services& services, const http::Request& request);

// Behind trusted proxies it is the last address in X-Forwarded-For that is none of theirs.
service::ClientOrigin origin_of(const RequestRules& rules, const http::Request& request);
// Over TLS, as far as the client sees.
bool is_secure(const RequestRules& rules, const http::Request& request);

// Does a browser say that another site made it send this request (Sec-Fetch-Site, Origin, Referer)? Programs send none
// of these and pass.
bool from_another_site(const Services& services, const http::Request& request);
// Must such a request be refused when a browser adds the login by itself? What changes something must.
bool changes_something(const http::Request& request);

}  // namespace qd::api
