// The rule at the end of a zone file, and what the variable TZ may hold: "CET-1CEST,M3.5.0,M10.5.0/3".
//
// Source: POSIX, "Other Environment Variables" (TZ), with the extensions of RFC 8536, 3.3.1: times of day from -167 to
// 167 hours. Seconds everywhere.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace qd::model {

// One of the two days of a year on which the clocks change.
struct YearlyChange {
  enum class Form { week_of_month, day_without_leap, day_from_zero };
  Form form = Form::week_of_month;
  int month = 1, week = 1, weekday = 0;  // Mm.w.d: week 5 is the last one, weekday 0 is Sunday
  int day = 0;                           // Jn: 1 to 365, never February 29; n: 0 to 365
  int time = 7200;                       // on the clock before the change
  bool operator==(const YearlyChange&) const = default;
};

struct TimeZoneRule {
  int offset = 0;           // to be added to UTC
  int daylight_offset = 0;  // the same as `offset` when there is no daylight saving
  YearlyChange to_daylight;
  YearlyChange to_standard;
  bool operator==(const TimeZoneRule&) const = default;

  static std::optional<TimeZoneRule> parse(std::string_view text);
};

// From `at` (seconds since 1970) on, local time is UTC plus `offset`.
struct OffsetChange {
  std::int64_t at;
  std::int32_t offset;
  bool operator==(const OffsetChange&) const = default;
};

// The changes of the years `first` to `last`, in order; none without daylight saving.
std::vector<OffsetChange> changes_of(const TimeZoneRule& rule, int first, int last);

}  // namespace qd::model
