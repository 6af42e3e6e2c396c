// Calendars: days and times at which scheduled jobs do not run (blackout), or the only ones at which they do (allowed).
//
// Source: the peer's documentation, "Calendars" in the manual and in the API. Several calendars on one job are asked
// one by one: what any of them excludes does not run, so blackouts win over allowed times.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "model/time_zone.hpp"

namespace qd::model {

// What a calendar is used for: a project of a system calendar (`name` only), or a job of a project calendar.
struct CalendarUse {
  std::string uuid;
  std::string name;
  bool operator==(const CalendarUse&) const = default;
};

struct Calendar {
  enum class Mode { blackout, allowed };
  enum class Level { system, project };
  enum class Days {
    date,     // `dates`
    range,    // from dates[0] to dates[1], both included
    daily,    // from `from_second` to `to_second` of every day, both included; over midnight when the end is earlier
    weekly,   // `weekdays`
    monthly,  // `month_days`
  };

  std::int64_t id = 0;  // 0: not stored yet
  std::string name;
  std::string description;
  Mode mode = Mode::blackout;
  Level level = Level::project;
  std::string project;  // of a project calendar
  Days days = Days::date;
  std::vector<std::chrono::year_month_day> dates;
  bool recurrent = false;  // dates and ranges hold every year; a range may then run over New Year
  int from_second = 0, to_second = 0;
  std::uint32_t month_days = 0;  // bits 1 to 31
  std::uint32_t weekdays = 0;    // bits 1 (Sunday) to 7
  bool enabled = true;
  bool for_all = false;           // all projects, or all jobs of the project
  std::vector<CalendarUse> uses;  // when not for all

  // Whether its days and times hold `time`, on the clock of `zone`.
  bool covers(UnixMillis time, const TimeZone& zone) const;
  // Whether it forbids a scheduled run then. A disabled calendar forbids nothing.
  bool excludes(UnixMillis time, const TimeZone& zone) const;

  bool operator==(const Calendar&) const = default;
};

// Whether any of them excludes `time`.
bool excluded(std::span<const Calendar> calendars, UnixMillis time, const TimeZone& zone);

// The document of the API: {"id", "name", "description", "calendarType": "blackout" or "allowed", "level": "system" or
// "project", "project", "dateType", "dateDefinition", "enable", "allReference", "recurrent", "objects"}.
//
// "dateDefinition" is a list: "date": ["2019/12/07", …]; "range": two of these, first and last; "daily": two times of
// day, ["08:00", "17:30"]; "weekly": ["SAT", "SUN"]; "monthly": [30, 31]. Dates may have - for /, weekdays may be
// numbers (1 is Sunday), days of the month may be text. Errors, of kind `invalid`, name the field.
Result<Calendar> calendar_from_json(const Json& document);
JsonObject calendar_to_json(const Calendar& calendar);

}  // namespace qd::model
