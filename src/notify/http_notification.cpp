#include <algorithm>

#include "base/text.hpp"
#include "codec/header_list.hpp"
#include "http/client.hpp"
#include "http/client_credentials.hpp"
#include "notify/sender.hpp"

namespace qd::notify {

namespace {

using End = Attempt::End;

Attempt http_failure(const Error& error) {
  return {error.kind == ErrorKind::invalid ? End::never : End::later, error.message};
}

std::chrono::milliseconds timeout_of(const SenderParts& parts, const JsonObject& settings) {
  const auto written = base::parse_int(base::trim(text_or(settings, "timeout")));
  const std::chrono::milliseconds wanted{written && *written > 0 ? *written : 30'000};
  return std::min(wanted, parts.timeout);
}

Result<std::string> password_of(const SenderParts& parts, model::ExecutionId execution, const JsonObject& settings) {
  const auto written = text_or(settings, "password");
  if (!written.starts_with("keys/") && !written.starts_with("/keys/")) return written;
  if (!parts.read_secret) return fail(ErrorKind::invalid, "the password " + written + ": there is no key storage");
  auto secret = parts.read_secret(execution, written);
  if (!secret) return fail(secret.error().kind, "the password " + written + ": " + secret.error().message);
  return secret;
}

Result<> authenticate(const SenderParts& parts, model::ExecutionId execution, const JsonObject& settings,
                      http::ClientRequest& request) {
  const auto way = base::lower(text_or(settings, "authentication"));
  if (way.empty() || way == "none") return {};
  const auto password = password_of(parts, execution, settings);
  if (!password) return fail(password.error());
  if (way == "basic") {
    request.username = text_or(settings, "username");
    request.password = *password;
    return {};
  }
  if (!way.starts_with("oauth")) {
    return fail(ErrorKind::invalid, "authentication '" + way + "' is not known; use None, Basic or OAuth 2.0");
  }
  const auto token =
      http::client_credentials_token({text_or(settings, "oauthTokenEndpoint"), text_or(settings, "username"), *password,
                                      request.verify_tls, parts.blocked, request.timeout});
  if (!token) return fail(token.error());
  request.headers.emplace_back("Authorization", "Bearer " + *token);
  return {};
}

}  // namespace

Attempt send_http_notification(const SenderParts& parts, model::ExecutionId execution, const JsonObject& settings,
                               const std::function<bool()>& cancelled) {
  http::ClientRequest request;
  request.url = base::trim(text_or(settings, "remoteUrl"));
  request.method = text_or(settings, "method", "POST");
  request.body = request.method == "GET" || request.method == "HEAD" ? "" : text_or(settings, "body");
  request.verify_tls = !truth_or(settings, "noSSLVerification", false);
  request.timeout = timeout_of(parts, settings);
  request.blocked = parts.blocked;
  request.cancelled = cancelled;
  request.ignore_body = true;
  auto headers = codec::parse_header_list(text_or(settings, "headers"));
  if (!headers) return http_failure(headers.error());
  request.headers = std::move(*headers);
  const auto type = text_or(settings, "contentType");
  if (!type.empty()) request.headers.emplace_back("Content-Type", type);
  if (auto known = authenticate(parts, execution, settings, request); !known) return http_failure(known.error());
  const auto answer = http::fetch(request);
  return answer ? judge_status(answer->status) : http_failure(answer.error());
}

}  // namespace qd::notify
