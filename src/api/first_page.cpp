#include "api/first_page.hpp"

#include <optional>

#include "base/text.hpp"

namespace qd::api {
namespace {

// The named segments, or nothing when `path` is not of this pattern.
std::optional<JsonObject> match(const std::string& pattern, const std::vector<std::string>& path) {
  const auto parts = base::split_trimmed(pattern, '/');
  const bool open = !parts.empty() && parts.back() == "*";
  const std::size_t fixed = parts.size() - (open ? 1 : 0);
  if (open ? path.size() < fixed : path.size() != fixed) return std::nullopt;
  JsonObject named;
  for (std::size_t at = 0; at < fixed; ++at) {
    if (parts[at].starts_with(':'))
      named[parts[at].substr(1)] = base::percent_decode(path[at]);
    else if (parts[at] != path[at])
      return std::nullopt;
  }
  return named;
}

}  // namespace

FirstPage first_page(std::string_view table, std::string_view path) {
  const auto known = parse_json(table);
  if (!known) return {};
  const auto segments = base::split_trimmed(path, '/');
  for (const Json& entry : known->as_array()) {
    for (const Json& pattern : entry.at("pages").as_array()) {
      auto named = match(std::string(pattern.as_string()), segments);
      if (named) return {entry.at("files").as_array(), entry.at("asks").as_array(), std::move(*named)};
    }
  }
  return {};
}

}  // namespace qd::api
