// Paths of the storage tree: "keys/project/web/id_rsa", without slashes at the ends; "" is the root.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace qd::vault {

inline constexpr std::size_t kLongestPath = 1024;  // bytes
inline constexpr std::size_t kLongestName = 255;

// The path in that form. Repeated slashes and those at the ends are dropped; refused are "." and ".." as names, control
// characters, backslashes, broken UTF-8, and what is too long.
Result<std::string> clean_path(std::string_view text);

std::string_view name_of(std::string_view path);
std::string_view parent_of(std::string_view path);  // "" for a path of one name
// Is it `root` itself, or below it? Everything is below "".
bool is_within(std::string_view path, std::string_view root);
std::string joined_path(std::string_view folder, std::string_view rest);

}  // namespace qd::vault
