// The server's own log (never the output of executions). Wraps spdlog; every line has a time, a level and a part's
// name.
#pragma once

#include <string>
#include <string_view>

namespace qd::base {

enum class LogLevel { debug, info, warn, error, none };

// Where lines go: standard error, and `file` when it is not empty. Call once at start; before it, lines go to standard
// error.
void init_logging(LogLevel level, const std::string& file);

// `part` is the folder or class that speaks: log_info("engine", "execution 12 started").
void log_debug(std::string_view part, std::string_view message);
void log_info(std::string_view part, std::string_view message);
void log_warn(std::string_view part, std::string_view message);
void log_error(std::string_view part, std::string_view message);

}  // namespace qd::base
