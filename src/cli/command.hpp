// One verb of qd: what it is called, what it takes, how it is explained and what it does. The parser, the help, the
// shell completion and the manual page are all made from these tables.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace qd::cli {

class Context;

struct OptionSpec {
  enum class Kind { flag, text, number, list };  // a list takes one or more words
  std::string names;                             // "-p,--project"; the long one names it in Arguments
  Kind kind = Kind::flag;
  std::string value;                 // what follows, "NAME"; "" for a flag
  std::string help;                  // one sentence
  std::vector<std::string> choices;  // allowed values in lower case; empty: any
  bool required = false;

  std::string key() const;                 // "project"
  std::vector<std::string> parts() const;  // {"-p", "--project"}
};
using Options = std::vector<OptionSpec>;

// Exit codes, shown by `qd --help`.
namespace exit_code {
inline constexpr int done = 0;
inline constexpr int partly = 1;     // some of it failed, or a test said no
inline constexpr int failed = 2;     // bad usage, refused by the server, not confirmed, or the execution failed
inline constexpr int aborted = 3;    // the followed execution was aborted
inline constexpr int timed_out = 4;  // the followed execution ran into its timeout
inline constexpr int other = 5;      // the followed execution ended otherwise: incomplete, missed, a status of its own
inline constexpr int unreachable = 69;
inline constexpr int denied = 77;  // not logged in, or not allowed
inline constexpr int interrupted = 130;
}  // namespace exit_code

struct Command {
  std::string path;      // "jobs list"
  std::string summary;   // one sentence
  std::string operands;  // usage text of what follows the options: "[-- -OPT VALUE...]"; "" when there is nothing
  Options options;
  std::vector<std::string> examples;       // whole command lines
  Result<int> (*run)(Context&) = nullptr;  // the exit code
};
using Commands = std::vector<Command>;

// The options of several tables, in order.
Options join_options(const std::vector<Options>& tables);

// Options that many verbs share.
OptionSpec flag(std::string names, std::string help);
OptionSpec text(std::string names, std::string value, std::string help);
OptionSpec number(std::string names, std::string value, std::string help);
OptionSpec list(std::string names, std::string value, std::string help);
OptionSpec choice(std::string names, std::vector<std::string> choices, std::string help);
OptionSpec required(OptionSpec option);

OptionSpec project_option();
OptionSpec confirm_option();
Options listing_options(std::string_view keys, std::string_view example);  // -%, -v
Options paging_options();                                                  // -m, -o
Options follow_options();                                                  // -q, -r, -t, -T
Options job_options();                                                     // -j, -i, -p: which job
Options job_filter_options();                                              // -j -g -J -G -i -p: which jobs

}  // namespace qd::cli
