// Files that were uploaded for options of a run.
#pragma once

#include <string>
#include <vector>

#include "model/data_context.hpp"
#include "model/option_rules.hpp"
#include "store/upload_store.hpp"

namespace qd::engine {

// Writes each uploaded file to `directory`, readable by us only, and returns the group `file`: NAME (its path),
// NAME.fileName and NAME.sha. Paths are added to `written` as they come, also when an error follows. Blocks.
Result<model::DataContext::Group> write_files(store::UploadStore& uploads, const model::Job& job,
                                              const model::RunOptions& options, const std::string& directory,
                                              std::vector<std::string>& written);

void remove_files(const std::vector<std::string>& paths);

}  // namespace qd::engine
