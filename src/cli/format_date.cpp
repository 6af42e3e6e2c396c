#include <cstdio>
#include <ctime>

#include "cli/format.hpp"

namespace qd::cli {
namespace {

std::string digits(long value, std::size_t width) {
  std::string text = std::to_string(value);
  if (text.size() < width) text.insert(0, width - text.size(), '0');
  return text;
}

std::string by_strftime(const std::tm& local, const char* format) {
  char text[64];
  return std::string(text, std::strftime(text, sizeof text, format, &local));
}

// X: +01, XX: +0100, XXX: +01:00, each Z for UTC; Z: +0100 always.
std::string zone_offset(const std::tm& local, char letter, std::size_t count) {
  const long minutes = local.tm_gmtoff / 60;
  if (letter == 'X' && minutes == 0) return "Z";
  const long size = minutes < 0 ? -minutes : minutes;
  std::string text = (minutes < 0 ? "-" : "+") + digits(size / 60, 2);
  if (letter == 'X' && count == 1) return text;
  if (letter == 'X' && count == 3) text += ':';
  return text + digits(size % 60, 2);
}

std::string date_field(const std::tm& local, long millis, char letter, std::size_t count) {
  switch (letter) {
    case 'y':
      return count == 2 ? digits(local.tm_year % 100, 2) : digits(local.tm_year + 1900L, count);
    case 'M':
      if (count >= 4) return by_strftime(local, "%B");
      return count == 3 ? by_strftime(local, "%b") : digits(local.tm_mon + 1, count);
    case 'd':
      return digits(local.tm_mday, count);
    case 'H':
      return digits(local.tm_hour, count);
    case 'h':
      return digits((local.tm_hour + 11) % 12 + 1, count);
    case 'm':
      return digits(local.tm_min, count);
    case 's':
      return digits(local.tm_sec, count);
    case 'S':
      return digits(millis, count);
    case 'a':
      return local.tm_hour < 12 ? "AM" : "PM";
    case 'E':
      return by_strftime(local, count >= 4 ? "%A" : "%a");
    case 'z':
      return by_strftime(local, "%Z");
    case 'Z':
    case 'X':
      return zone_offset(local, letter, count);
    default:
      return std::string(count, letter);
  }
}

}  // namespace

std::string format_date(UnixMillis time, const std::string& pattern) {
  long millis = static_cast<long>(time % 1000);
  std::time_t seconds = static_cast<std::time_t>(time / 1000);
  if (millis < 0) {
    millis += 1000;
    --seconds;
  }
  std::tm local{};
  localtime_r(&seconds, &local);
  std::string out;
  bool quoted = false;
  for (std::size_t i = 0; i < pattern.size();) {
    const char c = pattern[i];
    const std::size_t run = std::min(pattern.find_first_not_of(c, i), pattern.size()) - i;
    if (c == '\'') {
      out.append(run / 2, '\'');  // two quotes are one that is meant
      if (run % 2 == 1) quoted = !quoted;
    } else if (quoted || !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))) {
      out.append(run, c);
    } else {
      out += date_field(local, millis, c, run);
    }
    i += run;
  }
  return out;
}

}  // namespace qd::cli
