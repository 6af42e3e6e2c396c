// The words of a command line, sorted by the options of its verb.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.hpp"

namespace qd::cli {

class Arguments {
 public:
  bool has(std::string_view key) const;
  std::string text(std::string_view key, std::string_view fallback = {}) const;
  std::optional<std::int64_t> number(std::string_view key) const;
  std::vector<std::string> list(std::string_view key) const;        // words of a list, as they stand
  std::vector<std::string> comma_list(std::string_view key) const;  // split at commas, trimmed, without empty parts

  std::vector<std::string> words;             // without an option, before `--`
  std::vector<std::string> trailing;          // after `--`, untouched
  std::vector<std::string> operands() const;  // both

  void set(std::string_view key, std::vector<std::string> values);
  void erase(std::string_view key);

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

// Options that every verb has: --output and --help.
const Options& common_options();

// Errors are `invalid` and say which word is wrong. Required options are checked, except when --help is among `args`.
Result<Arguments> parse_arguments(const Command& command, const std::vector<std::string>& args);

}  // namespace qd::cli
