// HTTP requests as steps, with the settings of the peer's plugin: remoteUrl, method, headers, body, timeout (ms),
// sslVerify, authentication, username, password (a key storage path), oauthTokenEndpoint, oauthValidateEndpoint,
// checkResponseCode, responseCode, printResponse, printResponseCode, printResponseToFile, file.
#include <fstream>

#include "base/text.hpp"
#include "codec/header_list.hpp"
#include "engine/plugin_step.hpp"
#include "http/client.hpp"
#include "http/client_credentials.hpp"

namespace qd::engine {

namespace {

constexpr std::int64_t kDefaultTimeout = 30'000;  // ms
constexpr std::int64_t kLongestTimeout = 3'600'000;
constexpr std::size_t kMaxAnswer = 32u << 20;
constexpr const char* kHttpFailure = "HTTPFailure";

// What became of a request, and what the log gets of it.
struct HttpEnd {
  StepEnd end;
  std::vector<std::string> lines;
};

HttpEnd http_failure(const char* reason, std::string message) {
  return {{false, reason, std::move(message)}, {}};
}

Result<http::ClientRequest> make_request(const JsonObject& settings, const std::string& secret) {
  http::ClientRequest request;
  request.url = base::trim(text_or(settings, "remoteUrl"));
  if (!request.url.starts_with("http://") && !request.url.starts_with("https://")) {
    return fail(ErrorKind::invalid, "The remote URL must begin with http:// or https://");
  }
  request.method = text_or(settings, "method", "GET");
  request.body = text_or(settings, "body");
  request.max_bytes = kMaxAnswer;
  request.verify_tls = truth_or(settings, "sslVerify", true);
  const auto timeout = base::parse_int(base::trim(text_or(settings, "timeout"))).value_or(kDefaultTimeout);
  request.timeout = Millis{std::clamp<std::int64_t>(timeout, 1, kLongestTimeout)};
  auto headers = codec::parse_header_list(text_or(settings, "headers"));
  if (!headers) return fail(headers.error());
  request.headers = std::move(*headers);
  const auto authentication = base::lower(text_or(settings, "authentication"));
  if (authentication == "basic") {
    request.username = text_or(settings, "username");
    request.password = secret;
  } else if (authentication.starts_with("oauth")) {
    const auto token = http::client_credentials_token(
        {text_or(settings, "oauthTokenEndpoint"), text_or(settings, "username"), secret, request.verify_tls});
    if (!token) return fail(token.error());
    request.headers.emplace_back("Authorization", "Bearer " + *token);
  }
  return request;
}

Result<void> write_answer(const std::string& path, const std::string& body) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << body;
  file.flush();
  if (!file) return fail(ErrorKind::unavailable, "The response cannot be written to '" + path + "'");
  return {};
}

// Blocks.
HttpEnd send_request(const JsonObject& settings, const std::string& secret) {
  const auto request = make_request(settings, secret);
  if (!request) {
    const bool ours = request.error().kind == ErrorKind::invalid;
    return http_failure(ours ? node::reason::configuration : kHttpFailure, request.error().message);
  }
  const auto answer = http::fetch(*request);
  if (!answer) return http_failure(kHttpFailure, "Error when sending request: " + answer.error().message);
  HttpEnd result;
  if (truth_or(settings, "printResponseCode", false)) {
    result.lines.push_back("Response Code: " + std::to_string(answer->status));
  }
  if (truth_or(settings, "printResponse", false)) {
    for (auto& line : base::split(answer->body, '\n')) result.lines.push_back(std::move(line));
    if (!result.lines.empty() && result.lines.back().empty()) result.lines.pop_back();
  }
  if (truth_or(settings, "printResponseToFile", false)) {
    if (auto written = write_answer(text_or(settings, "file"), answer->body); !written) {
      result.end = {false, node::reason::io, written.error().message};
      return result;
    }
  }
  const std::string wanted(base::trim(text_or(settings, "responseCode")));
  const bool checks = truth_or(settings, "checkResponseCode", false) && !wanted.empty();
  if (checks && std::to_string(answer->status) != wanted) {
    result.end = {
        false, kHttpFailure,
        "Error, the expected response code is " + wanted + ", the received one " + std::to_string(answer->status)};
  } else if (!checks && answer->status >= 400) {
    result.end = {false, kHttpFailure, "Error when sending request: HTTP status " + std::to_string(answer->status)};
  }
  return result;
}

base::Task<HttpEnd> request_by(RunScope& scope, const JsonObject& settings, StepLog& log) {
  const auto& parts = scope.parts;
  const auto path = text_or(settings, "password");
  std::string secret;
  if (!path.empty() && !text_or(settings, "authentication").empty()) {
    if (!parts.read_secret) co_return http_failure(node::reason::configuration, "This server has no key storage");
    const vault::SecretUser user{scope.execution.user, scope.execution.roles};
    auto reading = base::run_on(parts.pool, parts.loop, [&] { return parts.read_secret(path, user); });
    auto read = co_await reading;
    if (!read)
      co_return http_failure(node::reason::configuration, "The password " + path + ": " + read.error().message);
    secret = std::move(*read);
    scope.log.masker().add(secret);
  }
  auto sending = base::run_on(parts.pool, parts.loop, [&] { return send_request(settings, secret); });
  auto result = co_await sending;
  for (const auto& line : result.lines) log.line(log::Level::normal, line);
  co_return result;
}

}  // namespace

base::Task<StepOutcome> request_http(const WorkflowTask& task, const JsonObject& settings) {
  auto requesting = request_by(task.scope, settings, task.log);
  auto result = co_await std::move(requesting);
  StepOutcome outcome;
  outcome.end = std::move(result.end);
  co_return outcome;
}

base::Task<node::NodeResult> request_http_for_node(const NodeTask& task, const JsonObject& settings) {
  auto requesting = request_by(task.scope, settings, task.log);
  auto result = co_await std::move(requesting);
  if (result.end.success) co_return node::NodeResult::ok();
  co_return node::NodeResult::failure(result.end.reason, result.end.message);
}

}  // namespace qd::engine
