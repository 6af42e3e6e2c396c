#include "api/pages.hpp"

#include "api/answers.hpp"
#include "api/metrics.hpp"
#include "api/requester.hpp"
#include "api/route.hpp"
#include "base/text.hpp"

namespace qd::api {
namespace {

http::Response html(int status, const std::string& title, const std::string& body) {
  std::string text =
      "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width\">"
      "<title>" +
      base::html_escape(title) + "</title></head><body><main>" + body + "</main></body></html>\n";
  return http::Response::text(status, std::move(text), "text/html;charset=UTF-8");
}

std::string local(const Services& services, std::string_view path) {
  return services.context_path + std::string(path);
}

http::Response login_form(const Services& services, const std::string& message) {
  std::string body = "<h1>Quarterdeck</h1>";
  if (!message.empty()) body += "<p role=\"alert\">" + base::html_escape(message) + "</p>";
  body +=
      "<form method=\"post\" action=\"" + local(services, "/j_security_check") +
      "\"><p><label>Username <input name=\"j_username\" autocomplete=\"username\" autofocus></label></p>"
      "<p><label>Password <input name=\"j_password\" type=\"password\" autocomplete=\"current-password\"></label></p>"
      "<p><button>Log in</button></p></form>";
  return html(200, "Log in - Quarterdeck", body);
}

http::Response front_page(const Services& services, const auth::Identity& who) {
  const service::MemberFacts& member = services.system.member();
  return html(200, "Quarterdeck",
              "<h1>Quarterdeck " + base::html_escape(member.version) + "</h1><p>Logged in as " +
                  base::html_escape(who.user) +
                  ". This version is used by API and by the command <code>qd</code>; "
                  "<code>export RD_URL=" +
                  base::html_escape(services.server_url) +
                  "</code> and try <code>qd projects list</code>.</p>"
                  "<p><a href=\"" +
                  local(services, "/api/59/system/info") + "\">System information</a> &middot; <a href=\"" +
                  local(services, "/user/logout") + "\">Log out</a></p>");
}

std::string cookie_text(const Services& services, const http::Request& request, const std::string& value,
                        bool expired) {
  std::string text = std::string(kSessionCookie) + "=" + value +
                     "; Path=" + (services.context_path.empty() ? "/" : services.context_path) +
                     "; HttpOnly; SameSite=Lax";
  if (is_secure(services.rules, request)) text += "; Secure";
  if (expired) text += "; Max-Age=0";
  return text;
}

// A failed login ends at a page with the form. `wait`: the client is told when it may come back.
http::Response refuse_login(const Services& services, const service::Logins::Refusal& refusal) {
  using Why = service::Logins::Refusal::Why;
  if (refusal.why == Why::wrong) return http::Response::redirect(local(services, "/user/error"));
  if (refusal.why == Why::missing_role) {
    auto page = login_form(services, "You have none of the roles that are needed to log in here.");
    page.status = 403;
    return page;
  }
  const auto seconds = std::to_string((refusal.wait.count() + 999) / 1000);
  const bool throttled = refusal.why == Why::throttled;
  auto page = login_form(services, (throttled ? "There were too many wrong logins. Try again in "
                                              : "Too many people log in at the moment. Try again in ") +
                                       seconds + " s.");
  page.status = throttled ? 429 : 503;
  page.headers.emplace("Retry-After", seconds);
  return page;
}

http::Response log_in(Services& services, const http::Request& request) {
  if (from_another_site(services, request)) {
    auto page = login_form(services, "A page of another site sent you here. Log in once more.");
    page.status = 403;
    return page;
  }
  const auto origin = origin_of(services.rules, request);
  const auto result = services.logins.log_in(
      {request.parameter("j_username").value_or(""), request.parameter("j_password").value_or(""), origin});
  if (const auto* refusal = std::get_if<service::Logins::Refusal>(&result)) return refuse_login(services, *refusal);
  if (const auto old = request.cookie(kSessionCookie)) services.logins.log_out(*old, origin);
  http::Response response = http::Response::redirect(local(services, "/menu/home"));
  response.headers.emplace("Set-Cookie", cookie_text(services, request, std::get<std::string>(result), false));
  return response;
}

http::Response log_out(Services& services, const http::Request& request) {
  if (const auto cookie = request.cookie(kSessionCookie))
    services.logins.log_out(*cookie, origin_of(services.rules, request));
  const std::string& elsewhere = services.rules.vouching.logout_url;
  http::Response response =
      http::Response::redirect(elsewhere.empty() ? local(services, "/user/loggedout") : elsewhere);
  response.headers.emplace("Set-Cookie", cookie_text(services, request, "", true));
  return response;
}

http::Response health(Services& services) {
  const auto database = services.system.check_database();
  JsonObject parts{{"database", JsonObject{{"status", database ? "UP" : "DOWN"}}}};
  if (!database) parts["database"].as_object()["message"] = "The database cannot be reached.";
  return json_answer(JsonObject{{"status", database ? "UP" : "DOWN"}, {"components", std::move(parts)}},
                     database ? 200 : 503);
}

}  // namespace

http::Response page(Services& services, const http::Request& request, std::string_view path) {
  const bool is_get = request.method == "GET" || request.method == "HEAD";
  if (path == "/j_security_check" && request.method == "POST") return log_in(services, request);
  if (!is_get) return error_answer(404, "api.error.invalid.request", "Invalid API Request: " + std::string(path));
  if (path == "/health" || path == "/actuator/health") return health(services);
  if (path == "/metrics" || path == "/actuator/prometheus") return prometheus(services);
  if (path == "/user/login" || path == "/j_security_check") return login_form(services, "");
  if (path == "/user/error") return login_form(services, "Username or password is wrong. Try again.");
  if (path == "/user/loggedout") return login_form(services, "You are logged out.");
  if (path == "/user/logout") return log_out(services, request);
  if (path == "/favicon.ico") return no_content();

  const auto who = find_visitor(services, request);
  if (!who) return http::Response::redirect(local(services, "/user/login"));
  if (path == "/" || path.empty() || path == "/menu/home") return front_page(services, *who);
  return html(404, "Not found - Quarterdeck",
              "<h1>Nothing here</h1><p>There is no page at " + base::html_escape(path) + ". <a href=\"" +
                  local(services, "/") + "\">Home</a></p>");
}

}  // namespace qd::api
