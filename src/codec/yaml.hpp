// YAML ↔ JSON values. Bounded in size, depth and alias expansion; scalars become strings, booleans, integers or null by
// the YAML 1.1 rules that the peer's parser follows; what it would misread is quoted when written.
#pragma once

#include <string>
#include <string_view>

#include "base/json.hpp"

namespace qd::codec {

struct YamlLimits {
  std::size_t max_bytes = 16u << 20;
  std::size_t max_depth = 64;
  std::size_t max_nodes = 1'000'000;
};

Result<Json> parse_yaml(std::string_view text, const YamlLimits& limits = {});
std::string write_yaml(
    const Json& value);  // block style, keys in their order, literal blocks for texts with line breaks

}  // namespace qd::codec
