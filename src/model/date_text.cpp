#include "model/date_text.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>

#include "base/text.hpp"

namespace qd::model {

namespace {

constexpr std::array<const char*, 12> kMonths{"January", "February", "March",     "April",   "May",      "June",
                                              "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<const char*, 7> kDays{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                           "Thursday", "Friday", "Saturday"};
constexpr UnixMillis kDay = 86'400'000;
constexpr std::int64_t kMaxDays = 1'000'000;

struct Moment {
  std::tm parts{};
  int millis = 0;
};

Moment moment_of(UnixMillis time, bool utc) {
  Moment moment;
  const auto seconds = static_cast<std::time_t>(time / 1000);
  moment.millis = static_cast<int>(time % 1000);
  if (utc) {
    gmtime_r(&seconds, &moment.parts);
  } else {
    localtime_r(&seconds, &moment.parts);
  }
  return moment;
}

std::string padded(int number, std::size_t width) {
  auto digits = std::to_string(number);
  return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
}

std::string name_or_short(const char* name, std::size_t count) {
  return count >= 4 ? name : std::string(name).substr(0, 3);
}

std::string offset_text(const Moment& moment, bool colon) {
  const long minutes = moment.parts.tm_gmtoff / 60;
  const long size = std::labs(minutes);
  return (minutes < 0 ? "-" : "+") + padded(static_cast<int>(size / 60), 2) + (colon ? ":" : "") +
         padded(static_cast<int>(size % 60), 2);
}

std::string iso_zone(const Moment& moment, std::size_t count) {
  if (moment.parts.tm_gmtoff == 0) return "Z";
  const auto text = offset_text(moment, count >= 3);
  return count == 1 ? text.substr(0, 3) : text;
}

// One run of `count` equal letters.
std::optional<std::string> field(char letter, std::size_t count, const Moment& moment) {
  const auto& parts = moment.parts;
  switch (letter) {
    case 'y':
    case 'Y':
    case 'u':
      return count == 2 ? padded((parts.tm_year + 1900) % 100, 2) : padded(parts.tm_year + 1900, count);
    case 'M':
    case 'L':
      if (count >= 3) return name_or_short(kMonths[static_cast<std::size_t>(parts.tm_mon)], count);
      return padded(parts.tm_mon + 1, count);
    case 'd':
      return padded(parts.tm_mday, count);
    case 'D':
      return padded(parts.tm_yday + 1, count);
    case 'E':
      return name_or_short(kDays[static_cast<std::size_t>(parts.tm_wday)], count);
    case 'H':
      return padded(parts.tm_hour, count);
    case 'k':
      return padded(parts.tm_hour == 0 ? 24 : parts.tm_hour, count);
    case 'K':
      return padded(parts.tm_hour % 12, count);
    case 'h':
      return padded(parts.tm_hour % 12 == 0 ? 12 : parts.tm_hour % 12, count);
    case 'm':
      return padded(parts.tm_min, count);
    case 's':
      return padded(parts.tm_sec, count);
    case 'S':
      return padded(moment.millis, count);
    case 'a':
      return parts.tm_hour < 12 ? "AM" : "PM";
    case 'Z':
      return offset_text(moment, false);
    case 'X':
      return iso_zone(moment, count);
    case 'z':
      return parts.tm_zone == nullptr ? "UTC" : parts.tm_zone;
    default:
      return std::nullopt;
  }
}

bool is_pattern_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Copies quoted text ("''" is one quote) that starts at `at`, and moves `at` behind it.
void copy_quoted(std::string_view pattern, std::size_t& at, std::string& out) {
  const auto start = ++at;
  for (; at < pattern.size(); ++at) {
    if (pattern[at] != '\'') {
      out += pattern[at];
    } else if (pattern.substr(at).starts_with("''")) {
      out += '\'';
      ++at;
    } else {
      if (at == start) out += '\'';
      ++at;
      return;
    }
  }
}

// What is between "${DATE" and "}": "+2:yyyy".
std::optional<std::string> expand_one(std::string_view inside, UnixMillis now) {
  const auto colon = inside.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::int64_t days = 0;
  if (colon > 0) {
    if (inside[0] != '+' && inside[0] != '-') return std::nullopt;
    const auto number = base::parse_int(inside.substr(1, colon - 1));
    if (!number || *number < 0 || *number > kMaxDays) return std::nullopt;
    days = inside[0] == '-' ? -*number : *number;
  }
  auto pattern = inside.substr(colon + 1);
  bool utc = false;
  for (const std::string_view zone : {":UTC", ":GMT"}) {
    if (!pattern.ends_with(zone)) continue;
    pattern.remove_suffix(zone.size());
    utc = true;
  }
  return format_java_date(pattern, now + days * kDay, utc);
}

}  // namespace

std::optional<std::string> format_java_date(std::string_view pattern, UnixMillis time, bool utc) {
  const auto moment = moment_of(time, utc);
  std::string out;
  std::size_t at = 0;
  while (at < pattern.size()) {
    const char c = pattern[at];
    if (c == '\'') {
      copy_quoted(pattern, at, out);
    } else if (is_pattern_letter(c)) {
      const auto end = std::min(pattern.find_first_not_of(c, at), pattern.size());
      const auto text = field(c, std::min<std::size_t>(end - at, 20), moment);
      if (!text) return std::nullopt;
      out += *text;
      at = end;
    } else {
      out += c;
      ++at;
    }
  }
  return out;
}

std::string expand_dates(std::string_view text, UnixMillis now) {
  constexpr std::string_view start = "${DATE";
  std::string out;
  std::size_t from = 0;
  for (auto at = text.find(start); at != std::string_view::npos; at = text.find(start, at)) {
    const auto end = text.find('}', at);
    if (end == std::string_view::npos) break;
    const auto inside = text.substr(at + start.size(), end - at - start.size());
    const auto date = expand_one(inside, now);
    out += text.substr(from, at - from);
    out += date ? std::string_view(*date) : text.substr(at, end + 1 - at);
    at = from = end + 1;
  }
  out += text.substr(from);
  return out;
}

}  // namespace qd::model
