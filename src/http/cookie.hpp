// The Set-Cookie header (RFC 6265).
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace qd::http {

struct Cookie {
  std::string name;
  std::string value;
  std::string path = "/";
  std::optional<std::chrono::seconds> max_age;  // absent: until the browser closes; 0: forget it now
  bool http_only = true;
  bool secure = false;
  std::string same_site = "Lax";  // "Lax", "Strict", "None" or "" (not said)
};

// The header's value. Throws std::logic_error when a field has characters that a cookie cannot have.
std::string set_cookie(const Cookie& cookie);

}  // namespace qd::http
