#include "api/browser_check.hpp"

#include "api/requester.hpp"
#include "api/session_cookie.hpp"
#include "base/id.hpp"
#include "base/text.hpp"
#include "http/cookie.hpp"

namespace qd::api {
namespace {

// "example.com:8443" of "https://example.com:8443/x"; "" when it is no such URL.
std::string authority_of(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  url.remove_prefix(scheme + 3);
  return base::lower(url.substr(0, url.find('/')));
}

// What only a browser sends. Java's own client accepts text/html too, but no XHTML.
bool is_browser(const http::Request& request) {
  return request.header("Sec-Fetch-Mode") || request.header("Upgrade-Insecure-Requests") ||
         request.header_or("Accept", "").find("application/xhtml+xml") != std::string::npos;
}

std::optional<std::string> given_token(const http::Request& request) {
  if (auto header = request.header(kFormHeader)) return header;
  return request.parameter(kFormField);
}

}  // namespace

bool changes_something(const http::Request& request) {
  if (request.method != "GET" && request.method != "HEAD" && request.method != "OPTIONS") return true;
  // Some routes act on GET, as the peer's do.
  return request.path.find("/run/") != std::string::npos || request.path.ends_with("/abort");
}

bool from_another_site(const Services& services, const http::Request& request) {
  if (const auto site = request.header("Sec-Fetch-Site")) {
    return !base::iequals(*site, "same-origin") && !base::iequals(*site, "none");
  }
  auto said = request.header("Origin");
  if (!said) said = request.header("Referer");
  if (!said) return false;
  const std::string authority = authority_of(*said);
  return authority != base::lower(request.header_or("Host", "")) && authority != authority_of(services.server_url);
}

std::optional<std::string> distrust(const Services& services, const http::Request& request) {
  const bool fetched = request.header("Sec-Fetch-Site").has_value();
  const bool elsewhere = from_another_site(services, request);
  const char* other_site =
      "A page of another site sent this request. Log in here and do it from here, or use an API token.";
  if (fetched && elsewhere) return other_site;
  if (const auto token = given_token(request)) {
    const auto session = request.cookie(kSessionCookie);
    if (session && base::constant_time_equal(*token, form_token(*session))) return std::nullopt;
    return "The form token is not the one of this login. Load the page again.";
  }
  if (elsewhere) return other_site;
  const bool named = fetched || request.header("Origin") || request.header("Referer");
  if (named || !is_browser(request)) return std::nullopt;
  return std::string("Nothing says which page sent this request. Send the cookie ") + kFormCookie + " as the header " +
         kFormHeader + " too, or use an API token.";
}

std::string form_token(const std::string& session) {
  return base::sha256_hex("form token\n" + session).substr(0, 40);
}

std::string form_cookie_of(const Services& services, const http::Request& request, const std::string& session) {
  http::Cookie cookie;
  cookie.name = kFormCookie;
  cookie.value = session.empty() ? "" : form_token(session);
  cookie.path = cookie_path(services);
  cookie.http_only = false;
  cookie.same_site = "Strict";
  cookie.secure = is_secure(services.rules, request);
  if (session.empty()) cookie.max_age = std::chrono::seconds(0);
  return http::set_cookie(cookie);
}

std::optional<std::string> form_cookie(const Services& services, const http::Request& request) {
  const auto session = request.cookie(kSessionCookie);
  if (!session || session->empty() || request.cookie(kFormCookie) == form_token(*session)) return std::nullopt;
  return form_cookie_of(services, request, *session);
}

}  // namespace qd::api
