#include "http/message.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace qd::http {

namespace {

char lower_ascii(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

std::optional<std::string> cookie_in(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    const auto end = std::min(header.find(';'), header.size());
    const std::string_view pair = base::trim(header.substr(0, end));
    header.remove_prefix(std::min(end + 1, header.size()));
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos || base::trim(pair.substr(0, equals)) != name) continue;
    std::string_view value = base::trim(pair.substr(equals + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    return std::string(value);
  }
  return std::nullopt;
}

}  // namespace

bool CaseInsensitiveLess::operator()(std::string_view a, std::string_view b) const {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return static_cast<unsigned char>(lower_ascii(x)) < static_cast<unsigned char>(lower_ascii(y));
  });
}

std::optional<std::string> Request::header(std::string_view name) const {
  const auto found = headers.find(name);
  if (found == headers.end()) return std::nullopt;
  return found->second;
}

std::string Request::header_or(std::string_view name, std::string_view fallback) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string(fallback) : found->second;
}

std::optional<std::string> Request::parameter(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  for (const auto& [key, value] : form) {
    if (key == name) return value;
  }
  for (const Part& field : parts) {
    if (field.file_name.empty() && field.name == name) return field.content;
  }
  return std::nullopt;
}

std::vector<std::string> Request::parameters(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : query) {
    if (key == name) values.push_back(value);
  }
  for (const auto& [key, value] : form) {
    if (key == name) values.push_back(value);
  }
  for (const Part& field : parts) {
    if (field.file_name.empty() && field.name == name) values.push_back(field.content);
  }
  return values;
}

const Part* Request::part(std::string_view name) const {
  for (const Part& candidate : parts) {
    if (candidate.name == name) return &candidate;
  }
  return nullptr;
}

std::optional<std::string> Request::cookie(std::string_view name) const {
  const auto [first, last] = headers.equal_range(std::string_view("Cookie"));
  for (auto header = first; header != last; ++header) {
    if (auto value = cookie_in(header->second, name)) return value;
  }
  return std::nullopt;
}

std::string Request::content_type() const {
  const auto found = headers.find(std::string_view("Content-Type"));
  if (found == headers.end()) return {};
  const std::string_view value = found->second;
  return base::lower(base::trim(value.substr(0, value.find(';'))));
}

Response Response::text(int status, std::string body, std::string_view content_type) {
  Response response;
  response.status = status;
  response.headers.emplace("Content-Type", content_type);
  response.body = std::move(body);
  return response;
}

Response Response::json(int status, std::string body) {
  return text(status, std::move(body), "application/json");
}

Response Response::redirect(const std::string& location, int status) {
  Response response;
  response.status = status;
  response.headers.emplace("Location", location);
  return response;
}

}  // namespace qd::http
