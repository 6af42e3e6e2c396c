// JSON text as files carry it: written for people, and searched for the line of a value.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "codec/line_counter.hpp"

namespace qd::codec {

// Two spaces of indentation, keys in their order, a line break at the end.
std::string write_json_pretty(const Json& value);
// All maps in alphabetical order of their keys, as the peer writes job files.
Json with_sorted_keys(const Json& value);

// Finds lines in a text that parse_json accepted.
class JsonLines {
 public:
  explicit JsonLines(std::string_view text);
  // 1-based line of the value at `path` (keys, and indexes as decimal text), or of the deepest value on the way to
  // it. Fast when asked in the order of the text.
  int line_of(const std::vector<std::string>& path);

 private:
  std::size_t find(const std::vector<std::string>& path);

  std::string_view text_;
  std::vector<std::size_t> items_;  // where the root's items start, when it is a list
  LineCounter lines_;
};

// Values in a JSON text, without parsing it: an upper bound.
std::size_t count_json_values(std::string_view text);

}  // namespace qd::codec
