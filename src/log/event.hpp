// One event of an execution's log: a line of output, or the begin or end of a step or of a step on a node.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace qd::log {

enum class Level { error, warn, normal, verbose, debug, other };  // most important first

const char* to_text(Level level);                         // "ERROR", "WARN", "NORMAL", "VERBOSE", "DEBUG", "OTHER"
std::optional<Level> parse_level(std::string_view text);  // those names exactly
// As a job's log level names it: also INFO (normal), ERR and SEVERE (error), CONFIG (debug); nullopt for anything else.
std::optional<Level> parse_threshold(std::string_view text);
// Is `level` shown when the threshold is `threshold`?
inline bool passes(Level level, Level threshold) {
  return level <= threshold;
}

namespace event_type {
inline constexpr const char* log = "log";
inline constexpr const char* step_begin = "stepbegin";
inline constexpr const char* step_end = "stepend";
inline constexpr const char* node_begin = "nodebegin";
inline constexpr const char* node_end = "nodeend";
}  // namespace event_type

// Names: user, node, step, stepctx, command, module; log filters may add others.
using Meta = std::map<std::string, std::string>;

struct LogEvent {
  UnixMillis time = 0;  // files keep whole seconds
  Level level = Level::normal;
  std::string type = event_type::log;
  std::string message;  // UTF-8, may hold newlines
  Meta meta;

  bool operator==(const LogEvent&) const = default;
};

}  // namespace qd::log
