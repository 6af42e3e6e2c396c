#include "api/pages.hpp"

#include <algorithm>

#include "api/answers.hpp"
#include "api/browser_check.hpp"
#include "api/metrics.hpp"
#include "api/requester.hpp"
#include "api/route.hpp"
#include "api/session_cookie.hpp"
#include "api/shell_page.hpp"
#include "api/sso_pages.hpp"
#include "base/text.hpp"

namespace qd::api {
namespace {

constexpr const char* kWrongLogin = "Username or password is wrong. Try again.";

std::string local(const Services& services, std::string_view path) {
  return services.context_path + std::string(path);
}

std::string cookie_text(const Services& services, const http::Request& request, const std::string& value,
                        bool expired) {
  std::string text =
      std::string(kSessionCookie) + "=" + value + "; Path=" + cookie_path(services) + "; HttpOnly; SameSite=Lax";
  if (is_secure(services.rules, request)) text += "; Secure";
  if (expired) text += "; Max-Age=0";
  return text;
}

// A script of our login page asks for JSON and nothing else, and gets an answer instead of a way to another page.
// Clients that take JSON among other types wait for the redirect.
bool from_script(const http::Request& request) {
  return request.header_or("Accept", "") == "application/json";
}

struct Refused {
  int status;
  const char* code;
  std::string message;
  std::string wait;  // seconds; "" for no time
};

http::Response refuse(const Services& services, const http::Request& request, const Refused& refused) {
  auto response = from_script(request) ? error_answer(refused.status, refused.code, refused.message)
                                       : login_page(services, refused.message, refused.status);
  if (!refused.wait.empty()) response.headers.emplace("Retry-After", refused.wait);
  return response;
}

}  // namespace

std::string cookie_path(const Services& services) {
  return services.context_path.empty() ? "/" : services.context_path;
}

http::Response login_page(const Services& services, const std::string& message, int status) {
  return shell_page(services, {.status = status, .who = nullptr, .message = message, .login_form = true});
}

http::Response welcome(Services& services, const http::Request& request, const std::string& session) {
  if (const auto old = request.cookie(kSessionCookie))
    services.logins.log_out(*old, origin_of(services.rules, request));
  http::Response response =
      from_script(request) ? no_content() : http::Response::redirect(local(services, "/menu/home"));
  response.headers.emplace("Set-Cookie", cookie_text(services, request, session, false));
  response.headers.emplace("Set-Cookie", form_cookie_of(services, request, session));
  return response;
}

// A failed login ends at a page with the form. `wait`: the client is told when it may come back.
http::Response refuse_login(const Services& services, const http::Request& request,
                            const service::Logins::Refusal& refusal) {
  using Why = service::Logins::Refusal::Why;
  if (refusal.why == Why::wrong) {
    if (!from_script(request)) return http::Response::redirect(local(services, "/user/error"));
    return error_answer(401, "api.error.login.wrong", kWrongLogin);
  }
  if (refusal.why == Why::missing_role) {
    return refuse(services, request,
                  {403, "api.error.login.role", "You have none of the roles that are needed to log in here.", ""});
  }
  const auto seconds = std::to_string((refusal.wait.count() + 999) / 1000);
  if (refusal.why == Why::throttled) {
    return refuse(services, request,
                  {429, "api.error.login.throttled",
                   "There were too many wrong logins. Try again in " + seconds + " s.", seconds});
  }
  return refuse(
      services, request,
      {503, "api.error.login.busy", "Too many people log in at the moment. Try again in " + seconds + " s.", seconds});
}

namespace {

http::Response log_in(Services& services, const http::Request& request) {
  if (from_another_site(services, request)) {
    return refuse(services, request,
                  {403, "api.error.cross-site", "A page of another site sent you here. Log in once more.", ""});
  }
  const auto origin = origin_of(services.rules, request);
  const auto result = services.logins.log_in(
      {request.parameter("j_username").value_or(""), request.parameter("j_password").value_or(""), origin});
  if (const auto* refusal = std::get_if<service::Logins::Refusal>(&result))
    return refuse_login(services, request, *refusal);
  return welcome(services, request, std::get<std::string>(result));
}

http::Response log_out(Services& services, const http::Request& request) {
  http::Response response = http::Response::redirect("");
  std::string then = sso_log_out(services, request, response);
  if (then.empty()) then = services.rules.vouching.logout_url;
  if (then.empty()) then = local(services, "/user/loggedout");
  if (const auto cookie = request.cookie(kSessionCookie))
    services.logins.log_out(*cookie, origin_of(services.rules, request));
  response.headers.erase("Location");
  response.headers.emplace("Location", then);
  response.headers.emplace("Set-Cookie", cookie_text(services, request, "", true));
  response.headers.emplace("Set-Cookie", form_cookie_of(services, request, ""));
  return response;
}

http::Response with_form_cookie(const Services& services, const http::Request& request, http::Response page) {
  if (const auto cookie = form_cookie(services, request)) page.headers.emplace("Set-Cookie", *cookie);
  return page;
}

// Without a login, for balancers: whether this member can answer, and with `passiveAs503=true` whether it takes
// executions.
http::Response health(Services& services, const http::Request& request) {
  const auto database = services.system.check_database();
  const bool active = services.system.active();
  const bool mode_counts = request.parameter("passiveAs503").value_or("") == "true";
  JsonObject parts{{"database", JsonObject{{"status", database ? "UP" : "DOWN"}}}};
  if (!database) parts["database"].as_object()["message"] = "The database cannot be reached.";
  parts["executions"] = JsonObject{{"status", active ? "UP" : "OUT_OF_SERVICE"}};
  const char* status = !database ? "DOWN" : mode_counts && !active ? "OUT_OF_SERVICE" : "UP";
  return json_answer(JsonObject{{"status", status}, {"components", std::move(parts)}},
                     std::string_view(status) == "UP" ? 200 : 503);
}

// Our own path, and those of the peer's versions.
bool is_health(std::string_view path) {
  return path == "/health" || path == "/actuator/health" || path == "/monitoring/health" ||
         path == "/monitoring/health/readiness";
}

bool is_prometheus(std::string_view path) {
  return path == "/metrics" || path == "/actuator/prometheus" || path == "/monitoring/prometheus";
}

// The login page knows where its visitor wanted to go.
http::Response to_login(const Services& services, const http::Request& request, std::string_view path) {
  std::string target = local(services, "/user/login");
  if (path != "/" && !path.empty() && path != "/menu/home") {
    const std::string query = request.target.substr(std::min(request.target.find('?'), request.target.size()));
    target += "?to=" + base::percent_encode(std::string(path) + query);
  }
  return http::Response::redirect(target);
}

}  // namespace

http::Response page(Services& services, const http::Request& request, std::string_view path) {
  const bool is_get = request.method == "GET" || request.method == "HEAD";
  if (path == "/j_security_check" && request.method == "POST") return log_in(services, request);
  if (!is_get) return error_answer(404, "api.error.invalid.request", "Invalid API Request: " + std::string(path));
  if (is_health(path)) return health(services, request);
  if (services.observe.metrics && is_prometheus(path)) return prometheus(services);
  if (path == "/monitoring/info") {
    return json_answer(
        JsonObject{{"app", JsonObject{{"name", "quarterdeck"}, {"version", services.system.member().version}}}});
  }
  if (path.starts_with('/')) {
    if (auto file = services.web.answer(request, path.substr(1)); file && path != "/index.html") return *file;
  }
  if (path == "/user/login" || path == "/j_security_check" || path == "/user/loggedout")
    return login_page(services, "");
  if (path == "/user/error") return login_page(services, kWrongLogin);
  if (path == "/user/logout") return log_out(services, request);
  if (path == "/favicon.ico") return no_content();
  if (auto answer = sso_page(services, request, path)) return std::move(*answer);
  // Not a page: an answer with one would only be misread as a script.
  if (path.starts_with("/assets/"))
    return error_answer(404, "api.error.invalid.request", "There is no file " + std::string(path));

  const auto who = find_visitor(services, request);
  if (!who) return to_login(services, request, path);
  auto shell = shell_page(services, {.status = 200, .who = &*who, .message = "", .login_form = false, .path = path});
  return with_form_cookie(services, request, std::move(shell));
}

}  // namespace qd::api
