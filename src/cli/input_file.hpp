// Files and standard input, read whole and never past a limit.
#pragma once

#include <istream>
#include <string>

#include "base/result.hpp"

namespace qd::cli {

inline constexpr std::size_t kMaxInputBytes = 256u << 20;

// Errors are `invalid` and name the file and the reason.
Result<std::string> read_file(const std::string& path, std::size_t max_bytes = kMaxInputBytes);
Result<std::string> read_stream(std::istream& in, const std::string& name, std::size_t max_bytes = kMaxInputBytes);
// Replaces the file; readable by everybody whom the umask lets.
Result<> write_file(const std::string& path, std::string_view content);

}  // namespace qd::cli
