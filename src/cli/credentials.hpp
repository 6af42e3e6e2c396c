// Asks for credentials that are missing.
#pragma once

#include <istream>
#include <string>

#include "cli/out.hpp"
#include "cli/settings.hpp"

namespace qd::cli {

// Asks on the terminal for a user and password, or a token, and puts them into `settings`. What is secret is not
// echoed.
void ask_credentials(std::istream& in, Out& out, Settings& settings);

// One line, not shown while it is typed.
std::string ask_secret(std::istream& in, Out& out, const std::string& question);

}  // namespace qd::cli
