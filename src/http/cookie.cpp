#include "http/cookie.hpp"

#include <algorithm>
#include <stdexcept>

namespace qd::http {

namespace {

void check_cookie_text(const std::string& text, const char* what) {
  const auto bad = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte >= 0x7f || c == ';' || c == ',' || c == '"' || c == '\\';
  };
  if (std::any_of(text.begin(), text.end(), bad)) {
    throw std::logic_error(std::string("the ") + what + " of a cookie has a character that cookies cannot have");
  }
}

}  // namespace

std::string set_cookie(const Cookie& cookie) {
  check_cookie_text(cookie.name, "name");
  check_cookie_text(cookie.value, "value");
  check_cookie_text(cookie.path, "path");
  std::string text = cookie.name + "=" + cookie.value;
  if (!cookie.path.empty()) text += "; Path=" + cookie.path;
  if (cookie.max_age) text += "; Max-Age=" + std::to_string(cookie.max_age->count());
  if (cookie.http_only) text += "; HttpOnly";
  if (cookie.secure) text += "; Secure";
  if (!cookie.same_site.empty()) text += "; SameSite=" + cookie.same_site;
  return text;
}

}  // namespace qd::http
