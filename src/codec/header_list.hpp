// Headers of HTTP requests as settings of plugins write them, in JSON or YAML: [{name, value}, …], the same without
// brackets, or {name: value, …}.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace qd::codec {

Result<std::vector<std::pair<std::string, std::string>>> parse_header_list(const std::string& text);

}  // namespace qd::codec
