#include "log/event.hpp"

#include <array>
#include <utility>

namespace qd::log {
namespace {

constexpr std::array<std::pair<std::string_view, Level>, 6> level_names{{{"ERROR", Level::error},
                                                                         {"WARN", Level::warn},
                                                                         {"NORMAL", Level::normal},
                                                                         {"VERBOSE", Level::verbose},
                                                                         {"DEBUG", Level::debug},
                                                                         {"OTHER", Level::other}}};

}  // namespace

const char* to_text(Level level) {
  return level_names.at(static_cast<std::size_t>(level)).first.data();
}

std::optional<Level> parse_level(std::string_view text) {
  for (const auto& [name, level] : level_names) {
    if (name == text) return level;
  }
  return std::nullopt;
}

std::optional<Level> parse_threshold(std::string_view text) {
  if (text == "INFO") return Level::normal;
  if (text == "ERR" || text == "SEVERE") return Level::error;
  if (text == "CONFIG") return Level::debug;
  return parse_level(text);
}

}  // namespace qd::log
