// Files as sources read them: bounded, and known again by what the file system says of them.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"

namespace qd::node {

// Changes with every write of the file; "absent" when there is none.
std::string file_stamp(const std::filesystem::path& path);
Result<std::string> read_bounded(const std::filesystem::path& path, std::size_t max_bytes);
// Readers see the old content or the new one, never a part. Folders that are missing are made.
Result<> write_whole(const std::filesystem::path& path, const std::string& content);

}  // namespace qd::node
