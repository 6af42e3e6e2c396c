// Files as values of options.
#pragma once

#include <string>

#include "cli/context.hpp"

namespace qd::cli {

// Uploads `path` ("-" is standard input) for option `name` of the job; the key stands for it as the option's value.
Result<std::string> upload_file(const Context& context, const std::string& job, const std::string& name,
                                const std::string& path);

}  // namespace qd::cli
