// All verbs, and how to find one.
#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"

namespace qd::cli {

const Commands& catalog();

// The verb whose path is the longest beginning of `words`, or nullptr. `length` becomes the number of words in its
// path.
const Command* find_command(const std::vector<std::string>& words, std::size_t& length);

// Verbs and groups right below `prefix` ("" is the top), in the order of the catalog: "list", "configure"…
std::vector<std::string> names_below(const std::string& prefix);
bool is_group(const std::string& path);  // "jobs", "projects configure"

// What a group is about; "" for an unknown one.
std::string group_summary(const std::string& path);

// The name among `names` that is most like `word`, or "" when none is.
std::string most_like(const std::string& word, const std::vector<std::string>& names);

}  // namespace qd::cli
