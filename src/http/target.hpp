// The target of a request line (RFC 9112, 3.2): path and query.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/refusal.hpp"

namespace qd::http {

struct Target {
  std::string raw_path;  // starts with '/', repeated slashes made one, escapes as sent
  std::string path;      // decoded once
  std::vector<std::pair<std::string, std::string>> query;
};

// Accepts origin form ("/a?b"), absolute form ("http://host/a?b") and "*" for OPTIONS. Refused with 400: broken escapes
// in the path, control characters, broken UTF-8, and "." or ".." as a segment, also when a slash before or after it is
// escaped.
Checked<Target> parse_target(std::string_view method, std::string_view target);

// Decodes %XX; nullopt when an escape is broken.
std::optional<std::string> decode_escapes(std::string_view text);

// "a=1&b=x+y": decoded names and values in order, empty pairs skipped. A '%' that starts no escape stands for itself,
// as in browsers. Refused with 400: broken UTF-8, NUL bytes, more than 10,000 pairs. `where` begins the message: "The
// query".
Checked<std::vector<std::pair<std::string, std::string>>> parse_urlencoded(std::string_view text,
                                                                           std::string_view where);

}  // namespace qd::http
