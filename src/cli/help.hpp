// Help texts made from the tables of verbs.
#pragma once

#include <string>

#include "cli/command.hpp"

namespace qd::cli {

std::string help_of_all();                            // `qd --help`
std::string help_of_group(const std::string& path);   // `qd jobs --help`
std::string help_of_command(const Command& command);  // `qd jobs list --help`
std::string manual_page();                            // roff for man(1)

}  // namespace qd::cli
