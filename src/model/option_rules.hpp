// Which option values a run of a job gets: defaults added, every rule of the options checked.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "model/job.hpp"

namespace qd::model {

using OptionValues = std::map<std::string, std::string>;  // by option name; several values are joined by the delimiter

// What the rules ask about the world. Empty functions mean: nothing there.
struct OptionSources {
  // The secret at a key storage path; an error says why it cannot be read.
  std::function<Result<std::string>(const std::string& path)> read_secret;
  // What is wrong with an uploaded file's id as value of this option; nullopt: it is fine. The text is a whole
  // sentence.
  std::function<std::optional<std::string>(const Option& option, const std::string& id)> check_file;
};

struct RunOptions {
  OptionValues plain;           // not secure
  OptionValues secure_exposed;  // secure, visible to commands and scripts
  OptionValues secure;          // secure, for authentication only
  // The argument string to keep: plain values in the order of definition. Undeclared options are kept too.
  std::string arg_string;

  OptionValues visible() const;  // what `${option.…}` shows: plain and secure_exposed
};

// Adds defaults to `given` and checks required, regex, allowed values, dates, files and secrets. All complaints come in
// one Error (kind invalid), one per line, worded as the peer's API does.
Result<RunOptions> resolve_options(const Job& job, const OptionValues& given, const OptionSources& sources);

// The values of a multi-valued option.
std::vector<std::string> split_values(const Option& option, const std::string& value);

// Does `value` follow a momentjs format ("MM/DD/YYYY hh:mm a")? Formats with parts other than numbers and am/pm accept
// any value.
bool follows_date_format(const std::string& format, const std::string& value);

}  // namespace qd::model
