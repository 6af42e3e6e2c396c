#include "api/answers.hpp"

#include "api/route.hpp"

namespace qd::api {
namespace {

const char* default_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid:
      return "api.error.invalid.request";
    case ErrorKind::unauthenticated:
    case ErrorKind::unauthorized:
      return "unauthorized";
    case ErrorKind::not_found:
      return "api.error.item.doesnotexist";
    case ErrorKind::conflict:
      return "api.error.execution.conflict";
    case ErrorKind::unsupported_format:
      return "api.error.item.unsupported-format";
    case ErrorKind::too_large:
      return "api.error.request.too-large";
    case ErrorKind::unavailable:
      return "api.error.unavailable";
    case ErrorKind::internal:
      return "api.error.unknown";
  }
  return "api.error.unknown";
}

}  // namespace

int http_status(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid:
      return 400;
    case ErrorKind::unauthenticated:
    case ErrorKind::unauthorized:
      return 403;
    case ErrorKind::not_found:
      return 404;
    case ErrorKind::conflict:
      return 409;
    case ErrorKind::unsupported_format:
      return 415;
    case ErrorKind::too_large:
      return 413;
    case ErrorKind::unavailable:
      return 503;
    case ErrorKind::internal:
      return 500;
  }
  return 500;
}

http::Response error_answer(int status, const std::string& code, const std::string& message) {
  return json_answer(
      JsonObject{{"error", true}, {"apiversion", kCurrentVersion}, {"errorCode", code}, {"message", message}}, status);
}

http::Response error_answer(const Error& error) {
  http::Response response =
      error_answer(http_status(error.kind), error.code.empty() ? default_code(error.kind) : error.code, error.message);
  if (error.kind == ErrorKind::unavailable) response.headers.emplace("Retry-After", "1");
  return response;
}

http::Response json_answer(const Json& value, int status) {
  return http::Response::json(status, boost::json::serialize(value));
}

http::Response text_answer(std::string text, int status) {
  return http::Response::text(status, std::move(text), "text/plain;charset=UTF-8");
}

http::Response no_content() {
  http::Response response;
  response.status = 204;
  return response;
}

}  // namespace qd::api
