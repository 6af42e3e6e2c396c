#include "base/clock.hpp"

#include <atomic>
#include <cstdio>
#include <ctime>

namespace qd {
namespace {

constexpr std::int64_t kDayMillis = 86'400'000;

// Days since 1970-01-01 of a proleptic Gregorian date, and back.
std::int64_t days_of_date(std::int64_t year, int month, int day) {
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  return std::chrono::sys_days(date).time_since_epoch().count();
}

struct CivilTime {
  int year, month, day, hour, minute, second, millis;
};

CivilTime civil_time(UnixMillis time) {
  std::int64_t days = time / kDayMillis;
  std::int64_t rest = time % kDayMillis;
  if (rest < 0) {
    rest += kDayMillis;
    --days;
  }
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(days))};
  return {static_cast<int>(date.year()),
          static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day())),
          static_cast<int>(rest / 3'600'000),
          static_cast<int>(rest / 60'000 % 60),
          static_cast<int>(rest / 1000 % 60),
          static_cast<int>(rest % 1000)};
}

template <class... Args>
std::string print(const char* format, Args... args) {
  char buffer[96];
  const int length = std::snprintf(buffer, sizeof buffer, format, args...);
  return std::string(buffer, static_cast<std::size_t>(length));
}

// Reads exactly `count` digits at `at` and moves on.
std::optional<int> digits(std::string_view text, std::size_t& at, std::size_t count) {
  if (at + count > text.size()) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const char c = text[at + i];
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  at += count;
  return value;
}

bool take(std::string_view text, std::size_t& at, char c) {
  if (at >= text.size() || text[at] != c) return false;
  ++at;
  return true;
}

// "Z", "+01", "+0100", "+01:00"; minutes east of UTC.
std::optional<int> zone_offset(std::string_view text, std::size_t& at) {
  if (at == text.size() || take(text, at, 'Z') || take(text, at, 'z')) return 0;
  const int sign = text[at] == '-' ? -1 : 1;
  if (!take(text, at, '+') && !take(text, at, '-')) return std::nullopt;
  const auto hours = digits(text, at, 2);
  if (!hours || *hours > 18) return std::nullopt;
  take(text, at, ':');
  int minutes = 0;
  if (at < text.size()) {
    const auto given = digits(text, at, 2);
    if (!given || *given > 59) return std::nullopt;
    minutes = *given;
  }
  return sign * (*hours * 60 + minutes);
}

}  // namespace

UnixMillis SystemClock::now() const {
  return std::chrono::duration_cast<Millis>(std::chrono::system_clock::now().time_since_epoch()).count();
}

ManualClock::ManualClock(UnixMillis start) : now_(start) {}
UnixMillis ManualClock::now() const {
  return std::atomic_ref(const_cast<std::int64_t&>(now_)).load();
}
void ManualClock::set(UnixMillis now) {
  std::atomic_ref(now_).store(now);
}
void ManualClock::advance(Millis by) {
  std::atomic_ref(now_).fetch_add(by.count());
}

std::string iso8601(UnixMillis time) {
  const CivilTime t = civil_time(time);
  return print("%04d-%02d-%02dT%02d:%02d:%02dZ", t.year, t.month, t.day, t.hour, t.minute, t.second);
}

std::string iso8601_millis(UnixMillis time) {
  const CivilTime t = civil_time(time);
  return print("%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", t.year, t.month, t.day, t.hour, t.minute, t.second, t.millis);
}

std::string clock_time(UnixMillis time) {
  const CivilTime t = civil_time(time);
  return print("%02d:%02d:%02d", t.hour, t.minute, t.second);
}

std::optional<UnixMillis> parse_iso8601(std::string_view text) {
  std::size_t at = 0;
  const auto year = digits(text, at, 4);
  if (!year || !take(text, at, '-')) return std::nullopt;
  const auto month = digits(text, at, 2);
  if (!month || !take(text, at, '-')) return std::nullopt;
  const auto day = digits(text, at, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  const std::int64_t midnight = days_of_date(*year, *month, *day) * kDayMillis;
  if (at == text.size()) return midnight;
  if (!take(text, at, 'T') && !take(text, at, ' ')) return std::nullopt;

  const auto hour = digits(text, at, 2);
  if (!hour || *hour > 23 || !take(text, at, ':')) return std::nullopt;
  const auto minute = digits(text, at, 2);
  if (!minute || *minute > 59) return std::nullopt;
  int second = 0;
  int millis = 0;
  if (take(text, at, ':')) {
    const auto given = digits(text, at, 2);
    if (!given || *given > 59) return std::nullopt;
    second = *given;
    if (take(text, at, '.')) {
      int weight = 100;
      const std::size_t start = at;
      for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, weight /= 10)
        millis += (text[at] - '0') * weight;
      if (at == start || at - start > 9) return std::nullopt;
    }
  }
  const auto offset = zone_offset(text, at);
  if (!offset || at != text.size()) return std::nullopt;
  return midnight + ((*hour * 60 + *minute - *offset) * 60 + second) * 1000LL + millis;
}

}  // namespace qd
