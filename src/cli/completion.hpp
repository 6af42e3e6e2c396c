// Scripts that complete command lines of qd, made from the tables of verbs.
#pragma once

#include <string>

namespace qd::cli {

std::string bash_completion();
std::string zsh_completion();
std::string fish_completion();

}  // namespace qd::cli
