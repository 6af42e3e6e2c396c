// The lines of a YAML document's values, beside the values themselves.
#pragma once

#include <vector>

#include "base/json.hpp"
#include "codec/yaml.hpp"

namespace qd::codec {

// Mirrors a Json value: `items` are the members of its list or map, in the order of the value.
struct YamlLines {
  int line = 0;  // 1-based
  std::vector<YamlLines> items;
};

struct LocatedYaml {
  Json value;
  YamlLines lines;
};

Result<LocatedYaml> parse_located_yaml(std::string_view text, const YamlLimits& limits);

// 1-based line of the value at `path` (keys, and indexes as decimal text), or of the deepest value on the way to it.
int line_of(const LocatedYaml& document, const std::vector<std::string>& path);

}  // namespace qd::codec
