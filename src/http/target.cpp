#include "http/target.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace qd::http {

namespace {

constexpr std::size_t kMaxPairs = 10'000;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The byte of the escape at `position`, or -1 when there is none.
int escape_at(std::string_view text, std::size_t position) {
  if (position + 2 >= text.size()) return -1;
  const int high = hex_value(text[position + 1]);
  const int low = hex_value(text[position + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

std::string decode_form_text(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int escaped = text[i] == '%' ? escape_at(text, i) : -1;
    if (escaped >= 0) {
      decoded += static_cast<char>(escaped);
      i += 2;
    } else {
      decoded += text[i] == '+' ? ' ' : text[i];
    }
  }
  return decoded;
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool has_dot_segment(std::string_view path) {
  while (!path.empty()) {
    const auto end = std::min(path.find_first_of("/\\"), path.size());
    const std::string_view segment = path.substr(0, end);
    if (segment == "." || segment == "..") return true;
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return false;
}

std::string collapse_slashes(std::string_view path) {
  std::string collapsed;
  collapsed.reserve(path.size());
  for (const char c : path) {
    if (c != '/' || collapsed.empty() || collapsed.back() != '/') collapsed += c;
  }
  return collapsed;
}

// Cuts "http://host:port" off; what is left starts with '/', '?' or is empty.
std::string_view without_origin(std::string_view target) {
  const auto scheme = target.find("://");
  const std::string name = base::lower(target.substr(0, std::min<std::size_t>(scheme, 5)));
  if (scheme == std::string_view::npos || (name != "http" && name != "https")) return target;
  const auto path = target.find_first_of("/?", scheme + 3);
  return path == std::string_view::npos ? std::string_view() : target.substr(path);
}

Checked<> set_path(Target& parsed, std::string_view path) {
  parsed.raw_path = collapse_slashes(path);
  auto decoded = decode_escapes(parsed.raw_path);
  if (!decoded) return refuse(400, "The path has a broken %-escape.");
  if (std::any_of(decoded->begin(), decoded->end(), is_control)) {
    return refuse(400, "The path has a control character.");
  }
  if (!base::valid_utf8(*decoded)) return refuse(400, "The path is not valid UTF-8.");
  if (has_dot_segment(*decoded)) return refuse(400, "The path has a segment '.' or '..'.");
  parsed.path = std::move(*decoded);
  return {};
}

}  // namespace

std::optional<std::string> decode_escapes(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const int byte = escape_at(text, i);
    if (byte < 0) return std::nullopt;
    decoded += static_cast<char>(byte);
    i += 2;
  }
  return decoded;
}

Checked<std::vector<std::pair<std::string, std::string>>> parse_urlencoded(std::string_view text,
                                                                           std::string_view where) {
  std::vector<std::pair<std::string, std::string>> pairs;
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    if (pairs.size() == kMaxPairs) return refuse(400, std::string(where) + " has more than 10000 parameters.");
    const auto equals = std::min(pair.find('='), pair.size());
    std::string name = decode_form_text(pair.substr(0, equals));
    std::string value = decode_form_text(pair.substr(std::min(equals + 1, pair.size())));
    for (const std::string* piece : {&name, &value}) {
      if (!base::valid_utf8(*piece)) return refuse(400, std::string(where) + " is not valid UTF-8.");
      if (piece->find('\0') != std::string::npos) return refuse(400, std::string(where) + " has a NUL byte.");
    }
    pairs.emplace_back(std::move(name), std::move(value));
  }
  return pairs;
}

Checked<Target> parse_target(std::string_view method, std::string_view target) {
  Target parsed;
  if (target == "*" && method == "OPTIONS") {
    parsed.raw_path = parsed.path = "*";
    return parsed;
  }
  if (target.find('#') != std::string_view::npos) return refuse(400, "The request target has a fragment.");
  if (std::any_of(target.begin(), target.end(), [](char c) { return is_control(c) || c == ' '; })) {
    return refuse(400, "The request target has a control character or a blank.");
  }
  if (target.empty()) return refuse(400, "The request line is malformed.");
  const bool absolute = target.front() != '/';
  const std::string_view local = absolute ? without_origin(target) : target;
  if (absolute && local.size() == target.size()) return refuse(400, "The request target does not start with '/'.");

  const auto question = std::min(local.find('?'), local.size());
  const std::string_view path = local.substr(0, question);
  if (auto set = set_path(parsed, path.empty() ? "/" : path); !set) return tl::unexpected(set.error());
  auto query = parse_urlencoded(local.substr(std::min(question + 1, local.size())), "The query");
  if (!query) return tl::unexpected(query.error());
  parsed.query = std::move(*query);
  return parsed;
}

}  // namespace qd::http
