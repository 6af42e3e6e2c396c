// What follows `--` in `qd run`, and when a run shall start.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace qd::cli {

struct JobArguments {
  std::map<std::string, std::string> values;  // option → value
  std::map<std::string, std::string> files;   // option → path of a file to upload
};

// `-opt value`, `-opt @path` and `-opt@ path`; with `raw`, "@path" is a value like any other.
Result<JobArguments> parse_job_arguments(const std::vector<std::string>& words, bool raw);

// "2h30m" from `now`: numbers with s, m, h, d, w, M (months), Y (years). Months and years follow the local calendar.
Result<UnixMillis> parse_delay(const std::string& text, UnixMillis now);
// ISO 8601 with a time, e.g. "2026-11-22T20:45:36+0100".
Result<UnixMillis> parse_start_time(const std::string& text);

// Words as one command line, in the quoting of argument strings: a word with a blank or a quote goes into double
// quotes, and double quotes in it are doubled. A word that is quoted already stays as it is.
std::string join_quoted(const std::vector<std::string>& words);

}  // namespace qd::cli
