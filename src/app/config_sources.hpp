// Where values come from: files, environment, flags. Nothing is judged here.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "app/config.hpp"

namespace qd::app {

struct RawValue {
  std::string text;
  std::string where;  // for messages: "file:line", "environment variable X", "-D", …
};

struct RawConfig {
  // By key; keys of the table in the table's spelling. The last source won.
  std::map<std::string, RawValue> values;
  // Variables that belong to the peer and set nothing here.
  std::vector<std::string> unknown_variables;
  std::vector<std::filesystem::path> files;
};

// The error names a file that cannot be read, or its broken line.
Result<RawConfig> gather_config(const ConfigRequest& request, const Layout& layout);

}  // namespace qd::app
