#include "cli/api.hpp"

#include <algorithm>
#include <thread>

#include "base/text.hpp"

namespace qd::cli {
namespace {

constexpr int kMaxRedirects = 5;
constexpr int kMaxAttempts = 3;
constexpr std::chrono::milliseconds kFirstPause{200};
constexpr std::chrono::hours kStreamTimeout{1};
constexpr std::size_t kMaxAnswerBytes = 512u << 20;

std::string origin_of(const std::string& url) {
  const std::size_t host = url.find("://");
  return host == std::string::npos ? std::string() : url.substr(0, url.find('/', host + 3));
}

bool is_redirect(int status) {
  return status >= 301 && status <= 308 && status != 304;
}

// The reason alone, as a sentence: what went wrong without the request, which the error names anyway.
std::string bare_reason(std::string message, const std::string& url) {
  if (const std::size_t at = message.find(url + ": "); at != std::string::npos) message.erase(0, at + url.size() + 2);
  if (!message.empty() && message.back() != '.') message += '.';
  return message;
}

}  // namespace

bool leads_to_login_page(const std::string& location) {
  return location.find("/user/login") != std::string::npos || location.find("/user/error") != std::string::npos;
}

std::string api_path(const std::vector<std::string>& segments) {
  std::vector<std::string> encoded;
  for (const std::string& segment : segments) encoded.push_back(base::percent_encode(segment));
  return base::join(encoded, "/");
}

std::string encode_query(const Query& query) {
  std::vector<std::string> pairs;
  for (const auto& [name, value] : query) {
    if (!value.empty()) pairs.push_back(base::percent_encode(name) + "=" + base::percent_encode(value));
  }
  return base::join(pairs, "&");
}

Api::Api(const Settings& settings, Out& out, Fetch fetch)
    : settings_(settings), out_(out), fetch_(std::move(fetch)), version_(settings.api_version.value_or(kApiVersion)) {}

Result<Json> Api::get(const std::string& path, const Query& query) {
  return send("GET", path, query);
}

Result<Json> Api::send(const std::string& method, const std::string& path, const Query& query) {
  Call call;
  call.method = method;
  call.path = path;
  call.query = query;
  return send_call(std::move(call));
}

Result<Json> Api::send_json(const std::string& method, const std::string& path, const Json& body, const Query& query) {
  Call call;
  call.method = method;
  call.path = path;
  call.query = query;
  call.body = boost::json::serialize(body);
  call.content_type = "application/json";
  return send_call(std::move(call));
}

Result<Json> Api::send_call(Call call) {
  auto answer = raw(call);
  if (!answer) return fail(answer.error());
  if (answer->body.empty()) return Json(nullptr);
  JsonLimits limits;
  limits.max_bytes = kMaxAnswerBytes;
  auto json = parse_json(answer->body, limits);
  if (json) return json;
  return fail(ErrorKind::internal, settings_.url + " does not answer as a Rundeck or Quarterdeck server does (" +
                                       call.method + " " + call.path + " gives no JSON). Is RD_URL right?");
}

Result<http::ClientResponse> Api::raw(const Call& call) {
  if (settings_.url.empty()) {
    return fail(ErrorKind::invalid,
                "RD_URL is not set. Say where the server is, e.g.: export RD_URL=http://localhost:4440");
  }
  if (auto login = log_in(); !login) return fail(login.error());
  auto answer = exchange(call);
  if (answer && lower_version(*answer)) answer = exchange(call);
  if (!answer) return answer;
  if ((answer->status >= 200 && answer->status < 300) || call.on_data) return answer;
  return fail(explain(*answer, call.method + " " + call.path));
}

http::ClientRequest Api::request_of(const Call& call) const {
  http::ClientRequest request;
  request.method = call.method;
  request.url = settings_.url + "/api/" + std::to_string(version_) + "/" + call.path;
  if (const std::string query = encode_query(call.query); !query.empty()) request.url += "?" + query;
  request.headers = call.headers;
  request.headers.emplace_back("Accept", call.accept);
  if (!call.content_type.empty()) request.headers.emplace_back("Content-Type", call.content_type);
  request.body = call.body;
  request.connect_timeout = settings_.connect_timeout;
  request.timeout = call.on_data ? std::chrono::milliseconds(kStreamTimeout) : settings_.timeout;
  request.max_bytes = kMaxAnswerBytes;
  request.verify_tls = settings_.verify_tls;
  request.follow_redirects = false;  // they are followed here, so that credentials stay on their host
  request.on_data = call.on_data;
  return request;
}

void Api::add_credentials(http::ClientRequest& request) const {
  request.headers.emplace_back("User-Agent", "qd/" QD_VERSION);
  if (!settings_.token.empty()) request.headers.emplace_back("X-Rundeck-Auth-Token", settings_.token);
  std::vector<std::string> pairs;
  for (const auto& [name, value] : cookies_) pairs.push_back(name + "=" + value);
  if (!pairs.empty()) request.headers.emplace_back("Cookie", base::join(pairs, "; "));
}

Result<http::ClientResponse> Api::exchange(const Call& call) {
  http::ClientRequest request = request_of(call);
  add_credentials(request);
  for (int redirects = 0;; ++redirects) {
    auto answer = fetch_logged(request, call.method == "GET" && !call.on_data);
    if (!answer || !is_redirect(answer->status)) return answer;
    const std::string location = answer->header("location");
    if (leads_to_login_page(location)) return fail(explain(*answer, call.method + " " + call.path));
    const auto next = own_url(location, request.url);
    if (!next || call.method != "GET" || redirects == kMaxRedirects) {
      return fail(ErrorKind::invalid, "The server redirects to " + location.substr(0, location.find('?')) +
                                          ". Set RD_URL to the address that it wants.");
    }
    request.url = *next;
  }
}

Result<http::ClientResponse> Api::fetch_logged(const http::ClientRequest& request, bool safe_to_repeat) {
  const int attempts = safe_to_repeat && settings_.retry ? kMaxAttempts : 1;
  auto pause = kFirstPause;
  for (int attempt = 1;; ++attempt, pause *= 2) {
    auto answer = fetch_(request);
    trace(request, answer);
    const bool away = answer ? answer->status == 503 : answer.error().kind == ErrorKind::unavailable;
    if (away && attempt < attempts) {
      std::this_thread::sleep_for(pause);
      continue;
    }
    if (answer || answer.error().kind != ErrorKind::unavailable || request.on_data) return answer;
    return fail(ErrorKind::unavailable, "Cannot reach the server at " + settings_.url + ": " +
                                            bare_reason(answer.error().message, request.url) +
                                            " Is it running, and is RD_URL right?");
  }
}

std::optional<std::string> Api::own_url(const std::string& location, const std::string& from) const {
  if (location.starts_with('/') && !location.starts_with("//")) return origin_of(from) + location;
  if (!settings_.bypass_url.empty() && location.starts_with(settings_.bypass_url)) {
    const std::string rest = location.substr(settings_.bypass_url.size());
    if (rest.empty() || rest.front() == '/') return settings_.url + rest;
  }
  if (origin_of(location) == origin_of(settings_.url)) return location;
  return std::nullopt;
}

bool Api::lower_version(const http::ClientResponse& answer) {
  if (answer.status != 400 || settings_.api_version || !settings_.downgrade) return false;
  auto json = parse_json(answer.body);
  if (!json || !json->is_object()) return false;
  const JsonObject& error = json->get_object();
  if (text_or(error, "errorCode").find("api-version") == std::string::npos) return false;
  const auto supported = base::parse_int(text_or(error, "apiversion"));
  if (!supported || *supported < 14 || *supported >= version_) return false;
  version_ = static_cast<int>(*supported);
  if (settings_.debug > 0) out_.warn("# The server speaks API version " + std::to_string(version_) + "; using that.");
  return true;
}

void Api::trace(const http::ClientRequest& request, const Result<http::ClientResponse>& answer) const {
  if (settings_.debug < 1) return;
  out_.warn("> " + request.method + " " + request.url);
  if (settings_.debug > 1) {
    for (const auto& [name, value] : request.headers) {
      const bool secret = base::iequals(name, "X-Rundeck-Auth-Token") || base::iequals(name, "Cookie");
      out_.warn("> " + name + ": " + (secret ? "****" : value));
    }
  }
  const bool login = request.url.ends_with("/j_security_check");
  if (settings_.debug > 2 && !request.body.empty() && !login) out_.warn(request.body);
  if (!answer) return out_.warn("< " + answer.error().message);
  out_.warn("< " + std::to_string(answer->status));
  if (settings_.debug > 1) {
    for (const auto& [name, value] : answer->headers) {
      out_.warn("< " + name + ": " + (base::iequals(name, "set-cookie") ? "****" : value));
    }
  }
  if (settings_.debug > 2 && !login) out_.warn(answer->body);
}

}  // namespace qd::cli
