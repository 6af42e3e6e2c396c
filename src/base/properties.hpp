// Java properties files, as java.util.Properties reads them: `=`, `:` and blanks as separators, `#` and `!` comments,
// continued lines, the escapes \t \n \r \f \\ \uXXXX. Bytes above 127 are taken as UTF-8.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace qd::base {

struct Property {
  std::string key;
  std::string value;
  int line = 0;  // 1-based line where the entry starts
};

// Entries in file order; a repeated key appears twice and the last one counts. Broken \u escapes are an error that
// names the line.
Result<std::vector<Property>> parse_properties(std::string_view text);

// Escaped so that parse_properties reads the same entries back, one line each, sorted by key.
std::string write_properties(const std::map<std::string, std::string>& entries);

}  // namespace qd::base
