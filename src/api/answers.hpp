// Results and errors as HTTP answers. The only place that knows which error is which status.
#pragma once

#include <string>

#include "base/json.hpp"
#include "base/result.hpp"
#include "http/message.hpp"

namespace qd::api {

int http_status(ErrorKind kind);

// {error, apiversion, errorCode, message}
http::Response error_answer(const Error& error);
http::Response error_answer(int status, const std::string& code, const std::string& message);

http::Response json_answer(const Json& value, int status = 200);
http::Response text_answer(std::string text, int status = 200);
http::Response no_content();

// The JSON array of `to_json(item)`s, written one after the other: a long list is never in memory as values.
template <class Items, class ToJson>
http::Response list_answer(const Items& items, ToJson to_json) {
  std::string body = "[";
  for (const auto& item : items) {
    if (body.size() > 1) body += ',';
    body += boost::json::serialize(to_json(item));
  }
  body += ']';
  return http::Response::json(200, std::move(body));
}

// `write(value)` for a good result, the error otherwise.
template <class T, class Write>
http::Response answer(const Result<T>& result, Write write) {
  if (!result) return error_answer(result.error());
  if constexpr (std::is_void_v<T>) {
    return write();
  } else {
    return write(*result);
  }
}

}  // namespace qd::api
