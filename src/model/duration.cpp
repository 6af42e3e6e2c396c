#include "model/duration.hpp"

#include <limits>

namespace qd::model {

namespace {
constexpr std::int64_t kMaxSeconds = std::numeric_limits<std::int64_t>::max() / 1000;

std::int64_t unit_seconds(char unit) {
  switch (unit) {
    case 's':
      return 1;
    case 'm':
      return 60;
    case 'h':
      return 3'600;
    case 'd':
      return 86'400;
    case 'w':
      return 7 * 86'400;
    case 'y':
      return 365 * 86'400;
    default:
      return 0;
  }
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
}  // namespace

std::optional<Millis> parse_duration(std::string_view text) {
  std::int64_t total = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    if (!is_digit(text[at])) {
      ++at;
      continue;
    }
    std::int64_t number = 0;
    for (; at < text.size() && is_digit(text[at]); ++at) {
      if (number > kMaxSeconds / 10 - 1) return std::nullopt;
      number = number * 10 + (text[at] - '0');
    }
    const std::int64_t unit = at == text.size() ? 1 : unit_seconds(text[at]);
    if (at < text.size()) ++at;
    if (unit == 0) continue;
    if (number > (kMaxSeconds - total) / unit) return std::nullopt;
    total += number * unit;
  }
  return Millis{total * 1000};
}

}  // namespace qd::model
