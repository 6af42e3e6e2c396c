// Logging in, and what the server's refusals mean.
#include "base/text.hpp"
#include "cli/api.hpp"

namespace qd::cli {
namespace {

constexpr int kMaxLoginRedirects = 5;

std::string server_message(const http::ClientResponse& answer) {
  if (auto json = parse_json(answer.body); json && json->is_object()) {
    const JsonObject& object = json->get_object();
    if (std::string message = text_or(object, "message"); !message.empty()) return message;
    if (const Json* error = find(object, "error"); error != nullptr && error->is_string())
      return text_or(object, "error");
    if (const Json* validation = find(object, "validation")) return boost::json::serialize(*validation);
  }
  return "";
}

std::string sentence(std::string text) {
  if (!text.empty() && std::string_view(".!?").find(text.back()) == std::string_view::npos) text += '.';
  return text;
}

std::string login_advice(const Settings& settings) {
  if (!settings.token.empty())
    return "The server does not accept the token in RD_TOKEN: is it complete, and not expired?";
  if (!settings.user.empty()) return "The server does not accept the user and password in RD_USER and RD_PASSWORD.";
  return "Not logged in: set RD_TOKEN, or RD_USER and RD_PASSWORD.";
}

}  // namespace

Error Api::explain(const http::ClientResponse& answer, const std::string& what) const {
  const std::string said = sentence(server_message(answer));
  const int status = answer.status;
  const bool login_page = status < 400;
  const bool bad_login =
      said.find("(unauthenticated)") != std::string::npos || said.find("(Token:") != std::string::npos;
  if (status == 401 || login_page || (status == 403 && bad_login)) {
    return {ErrorKind::unauthenticated, login_advice(settings_) + (said.empty() ? "" : " It says: " + said), {}};
  }
  const std::string reason = said.empty() ? "status " + std::to_string(status) + " to " + what + "." : said;
  if (status == 403) {
    return {ErrorKind::unauthorized,
            "Not allowed: " + reason + " Ask an administrator for this right, or use other credentials.",
            {}};
  }
  if (status == 404) {
    if (said.empty())
      return {ErrorKind::not_found, "The server at " + settings_.url + " does not know " + what + ".", {}};
    return {ErrorKind::not_found, said, {}};
  }
  if (status == 409) return {ErrorKind::conflict, reason, {}};
  if (status == 413) return {ErrorKind::too_large, "The server finds this too large: " + reason, {}};
  if (status == 503)
    return {ErrorKind::unavailable, "The server cannot do this now: " + reason + " Try again later.", {}};
  if (status < 500) return {ErrorKind::invalid, "Refused: " + reason, {}};
  return {ErrorKind::internal, "The server failed: " + reason + " Its log tells more.", {}};
}

void Api::keep_cookies(const http::ClientResponse& answer) {
  for (const auto& [header, value] : answer.headers) {
    if (!base::iequals(header, "set-cookie")) continue;
    const std::string pair = value.substr(0, value.find(';'));
    const std::size_t equals = pair.find('=');
    if (equals == std::string::npos) continue;
    const std::string name(base::trim(pair.substr(0, equals)));
    std::erase_if(cookies_, [&](const auto& cookie) { return cookie.first == name; });
    cookies_.emplace_back(name, base::trim(pair.substr(equals + 1)));
  }
}

Result<> Api::log_in() {
  if (logged_in_ || !settings_.token.empty()) return {};
  if (settings_.user.empty()) return fail(ErrorKind::unauthenticated, login_advice(settings_));
  http::ClientRequest request;
  request.method = "POST";
  request.url = settings_.url + "/j_security_check";
  request.body =
      "j_username=" + base::percent_encode(settings_.user) + "&j_password=" + base::percent_encode(settings_.password);
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  request.connect_timeout = settings_.connect_timeout;
  request.timeout = settings_.timeout;
  request.verify_tls = settings_.verify_tls;
  request.follow_redirects = false;
  auto answer = fetch_logged(request, false);
  if (!answer) return fail(answer.error());
  return finish_login(std::move(*answer), request.url);
}

// Follows the redirects of the login by hand: the session cookie may change on the way, and must stay on its host.
Result<> Api::finish_login(http::ClientResponse answer, std::string url) {
  for (int redirects = 0; redirects <= kMaxLoginRedirects; ++redirects) {
    keep_cookies(answer);
    const std::string location = answer.header("location");
    if (answer.status < 300 || location.empty()) {
      if (answer.status == 404 && redirects == 0) {
        return fail(ErrorKind::not_found, "There is no login at " + url + ". Is RD_URL right?");
      }
      // The page behind the login may be missing; only a form, a refusal or no session means that the login failed.
      const bool form_again = answer.body.find("j_security_check") != std::string::npos;
      const bool refused = answer.status == 401 || answer.status == 403 || cookies_.empty();
      if (form_again || refused) return fail(ErrorKind::unauthenticated, login_advice(settings_));
      logged_in_ = true;
      return {};
    }
    if (leads_to_login_page(location)) return fail(ErrorKind::unauthenticated, login_advice(settings_));
    const auto next = own_url(location, url);
    if (!next) {
      return fail(ErrorKind::invalid, "After the login the server redirects to " +
                                          location.substr(0, location.find('?')) +
                                          ". Set RD_URL to that server, or RD_BYPASS_URL to that address.");
    }
    http::ClientRequest request;
    request.url = url = *next;
    request.connect_timeout = settings_.connect_timeout;
    request.timeout = settings_.timeout;
    request.verify_tls = settings_.verify_tls;
    request.follow_redirects = false;
    add_credentials(request);
    auto page = fetch_logged(request, false);
    if (!page) return fail(page.error());
    answer = std::move(*page);
  }
  return fail(ErrorKind::unauthenticated, "The login ends in a circle of redirects. Is RD_URL right?");
}

}  // namespace qd::cli
