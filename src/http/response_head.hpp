// Status line and headers of an answer, as bytes.
#pragma once

#include <ctime>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace qd::http {

enum class BodyFraming { length, chunked, until_close };

struct AnswerFacts {
  bool head_request = false;
  bool http_1_0 = false;
  bool keep_alive = true;
  BodyFraming framing = BodyFraming::length;
};

// Date, Content-Length, Transfer-Encoding and Connection are ours, whatever the handler set (but Content-Length of an
// answer to HEAD that has no body is kept). Control characters in values become blanks: a value cannot add a header.
// Statuses 1xx, 204 and 304 have no body.
std::string response_head(const Response& response, const Headers& common, const AnswerFacts& facts);

bool status_has_body(int status);
std::string_view reason_phrase(int status);
// "Sun, 22 Nov 2026 20:45:36 GMT"
std::string http_date(std::time_t time);

}  // namespace qd::http
