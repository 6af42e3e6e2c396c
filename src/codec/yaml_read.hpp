// The lines of a YAML document's values, beside the values themselves.
#pragma once

#include <optional>
#include <string>
#include <string_view>
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

// The documents of a text that may hold several, separated by `---`. Empty ones are left out. Reading ends at the
// first broken one: `documents` then holds those before it, and `error` says what is wrong.
struct YamlStream {
  std::vector<LocatedYaml> documents;
  std::optional<Error> error;
};
YamlStream parse_yaml_stream(std::string_view text, const YamlLimits& limits);

// 1-based line of the value at `path` (keys, and indexes as decimal text), or of the deepest value on the way to it.
int line_of(const LocatedYaml& document, const std::vector<std::string>& path);

}  // namespace qd::codec
