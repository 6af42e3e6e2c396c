// When schedules will fire, or would have fired: pure arithmetic on their rules, nothing is looked up.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "model/calendar.hpp"
#include "model/cron_schedule.hpp"

namespace qd::model {

// One schedule of a job and the calendars that apply to it.
struct PlannedSchedule {
  CronSchedule schedule;
  std::vector<Calendar> calendars;
};

struct PlannedFire {
  UnixMillis due;
  bool excluded;  // every schedule that fires then is excluded by a calendar
  bool operator==(const PlannedFire&) const = default;
};

struct ForecastWindow {
  UnixMillis from;   // exclusive
  UnixMillis until;  // inclusive
  std::size_t max;   // no more fires than this
  bool with_excluded = false;
};

// A forecast looks at no more fires than this, so that calendars that exclude nearly all of them end it too.
inline constexpr std::size_t kMostForecastFires = 200'000;

// The first `max` fires in the window, earliest first, each time once.
std::vector<PlannedFire> forecast(std::span<const PlannedSchedule> schedules, const ForecastWindow& window);

}  // namespace qd::model
