// Asks for credentials that are missing.
#pragma once

#include <istream>

#include "cli/out.hpp"
#include "cli/settings.hpp"

namespace qd::cli {

// Asks on the terminal for a user and password, or a token, and puts them into `settings`. What is secret is not
// echoed.
void ask_credentials(std::istream& in, Out& out, Settings& settings);

}  // namespace qd::cli
