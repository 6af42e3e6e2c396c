// The file ~/.rd/rd.conf, which rd's start script sources as shell: lines `export KEY=VALUE` or `KEY=VALUE`, quotes,
// comments, and the expansions $VAR, ${VAR}, ${VAR:-default} and ${VAR-default}. Nothing is ever executed.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace qd::cli {

using Environment = std::map<std::string, std::string>;

// Applies the file's lines in order to `environment`; as in a shell, what the file sets wins over what was there.
// Errors name `file` and the line; they never quote a value, which may be a secret.
Result<> apply_rd_conf(std::string_view text, const std::string& file, Environment& environment);

}  // namespace qd::cli
