// Where the text of a script step comes from.
#pragma once

#include <string>

#include "base/result.hpp"
#include "model/data_context.hpp"
#include "model/job.hpp"

namespace qd::engine {

// The script, read from its file or fetched from its URL (at most 64 MiB), with its @tokens@ filled as the step says.
// Blocks for files and URLs. Values in a URL are percent-encoded.
Result<std::string> load_script(const model::ScriptStep& step, const model::DataContext& context);

}  // namespace qd::engine
