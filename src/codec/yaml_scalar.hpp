// YAML 1.1 scalars: what an unquoted word means, and which texts must be quoted so that every parser reads them as
// text. Facts: https://yaml.org/type/ and the rules of the parser that the peer uses.
#pragma once

#include <string>
#include <string_view>

#include "base/json.hpp"

namespace qd::codec {

// yes/no/on/off/true/false, null and ~, integers in bases 2, 8, 10, 16 and 60. A fraction becomes a number only when
// writing it again gives the same spelling, so that a version "1.10" stays what it is. Anything else is text.
Json plain_yaml_scalar(std::string_view word);

// `text` as a scalar on one line: plain, in single or in double quotes.
std::string quoted_yaml_scalar(std::string_view text);

// A character that YAML wants escaped, other than a tab.
bool holds_yaml_control(std::string_view text);

}  // namespace qd::codec
