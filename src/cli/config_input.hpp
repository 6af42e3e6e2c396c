// Project configuration from a file and from `-- --key=value` words.
#pragma once

#include "cli/context.hpp"

namespace qd::cli {

Options config_input_options();  // -f, -F

// Keys and values of the file (-f, in the format of -F or of its name) and, over them, of the words. With `needed`,
// nothing at all is an error.
Result<JsonObject> read_config_input(const Context& context, bool needed);

}  // namespace qd::cli
