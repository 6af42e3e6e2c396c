// Argument strings: `-opt value -other "quoted value"`, as jobs, references and the API carry option values.
//
// Words are separated by blanks and control characters. A word that begins with ' or " is quoted up to the same mark;
// the mark doubled inside stands for itself. Source: the peer's options documentation ("argString").
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/job.hpp"

namespace qd::model {

std::vector<std::string> split_args(std::string_view text);
// The inverse: split_args(join_args(words)) gives the same words.
std::string join_args(const std::vector<std::string>& words);

// Option values by name. A word that begins with "-" names an option and the next word, whatever it is, is its value;
// words out of that order are ignored. A name without value at the end is dropped.
std::map<std::string, std::string> parse_options(std::string_view text);
std::map<std::string, std::string> parse_options(const std::vector<std::string>& words);

// The argument string of `values`: in the order in which `options` are defined, then what is not defined, by name.
std::string make_arg_string(const std::vector<Option>& options, const std::map<std::string, std::string>& values);

}  // namespace qd::model
