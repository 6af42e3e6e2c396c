#include "api/sso_pages.hpp"

#include "api/requester.hpp"
#include "api/session_cookie.hpp"
#include "base/text.hpp"
#include "http/cookie.hpp"

namespace qd::api {
namespace {

constexpr const char* kLoginCookie = "QD_SSO";              // the secret of a login under way
constexpr const char* kProviderCookie = "QD_SSO_PROVIDER";  // who logged this browser in
constexpr std::chrono::minutes kLoginLife{15};
constexpr std::string_view kStart = "/oauth/";
constexpr std::string_view kOtherStart = "/oauth2/authorization/";
constexpr std::string_view kBack = "/login/oauth2/code/";

// "NAME" of "/oauth/NAME".
std::optional<std::string> name_behind(std::string_view path, std::string_view prefix) {
  if (!path.starts_with(prefix) || path.size() == prefix.size()) return std::nullopt;
  const std::string_view name = path.substr(prefix.size());
  if (name.find_first_of("/%") != std::string_view::npos) return std::nullopt;
  return std::string(name);
}

// Sent back to the second half only.
std::string login_cookie(const Services& services, const http::Request& request, const std::string& provider,
                         const std::string& secret) {
  http::Cookie cookie;
  cookie.name = kLoginCookie;
  cookie.value = secret;
  cookie.path = services.context_path + std::string(kBack) + provider;
  cookie.max_age = secret.empty() ? std::chrono::seconds(0) : kLoginLife;
  cookie.secure = is_secure(services.rules, request);
  return http::set_cookie(cookie);
}

std::string provider_cookie(const Services& services, const http::Request& request, const std::string& provider) {
  http::Cookie cookie;
  cookie.name = kProviderCookie;
  cookie.value = provider;
  cookie.path = cookie_path(services);
  if (provider.empty()) cookie.max_age = std::chrono::seconds(0);
  cookie.secure = is_secure(services.rules, request);
  return http::set_cookie(cookie);
}

http::Response failed_login(const Services& services, const Error& error) {
  const int status = error.kind == ErrorKind::not_found ? 404 : error.kind == ErrorKind::unavailable ? 503 : 403;
  return login_page(services, error.message, status);
}

http::Response begin_login(Services& services, const http::Request& request, const std::string& provider) {
  const auto started = services.sso.start(provider, services.server_url);
  if (!started) return failed_login(services, started.error());
  auto response = http::Response::redirect(started->url);
  response.headers.emplace("Set-Cookie", login_cookie(services, request, provider, started->secret));
  return response;
}

http::Response finish_login(Services& services, const http::Request& request, const std::string& provider) {
  const auto given = [&](std::string_view name) { return request.parameter(name).value_or(""); };
  const auto result = services.sso.finish(provider, {given("code"), given("state"), given("iss"), given("error")},
                                          request.cookie(kLoginCookie).value_or(""), services.server_url,
                                          origin_of(services.rules, request));
  if (const auto* error = std::get_if<Error>(&result)) return failed_login(services, *error);
  if (const auto* refusal = std::get_if<service::Logins::Refusal>(&result))
    return refuse_login(services, request, *refusal);
  auto response = welcome(services, request, std::get<std::string>(result));
  response.headers.emplace("Set-Cookie", login_cookie(services, request, provider, ""));
  response.headers.emplace("Set-Cookie", provider_cookie(services, request, provider));
  return response;
}

}  // namespace

std::optional<http::Response> sso_page(Services& services, const http::Request& request, std::string_view path) {
  if (const auto provider = name_behind(path, kStart)) return begin_login(services, request, *provider);
  if (const auto provider = name_behind(path, kOtherStart)) return begin_login(services, request, *provider);
  if (const auto provider = name_behind(path, kBack)) return finish_login(services, request, *provider);
  return std::nullopt;
}

std::string sso_log_out(Services& services, const http::Request& request, http::Response& response) {
  const auto provider = request.cookie(kProviderCookie);
  if (!provider) return {};
  response.headers.emplace("Set-Cookie", provider_cookie(services, request, ""));
  if (!request.cookie(kSessionCookie)) return {};
  return services.sso.logout_url(*provider, services.server_url + "/user/loggedout");
}

}  // namespace qd::api
