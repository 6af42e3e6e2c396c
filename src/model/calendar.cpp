#include "model/calendar.hpp"

#include <algorithm>

namespace qd::model {
namespace {

using std::chrono::days;
using std::chrono::month_day;
using std::chrono::sys_days;
using std::chrono::weekday;
using std::chrono::year_month_day;

struct LocalTime {
  year_month_day date;
  int second;  // of the day
};

LocalTime local_time(UnixMillis time, const TimeZone& zone) {
  const std::chrono::milliseconds local{time + zone.offset_at(time) * UnixMillis{1000}};
  const auto day = std::chrono::floor<days>(local);
  return {sys_days{day}, static_cast<int>(std::chrono::floor<std::chrono::seconds>(local - day).count())};
}

month_day without_year(const year_month_day& date) {
  return date.month() / date.day();
}

// From `first` to `last`, both included; round the end when `last` is before `first`.
template <class T>
bool between(const T& value, const T& first, const T& last) {
  if (last < first) return value >= first || value <= last;
  return first <= value && value <= last;
}

bool in_range(const Calendar& calendar, const year_month_day& date) {
  if (calendar.dates.size() != 2) return false;
  const auto& first = calendar.dates[0];
  const auto& last = calendar.dates[1];
  if (calendar.recurrent) return between(without_year(date), without_year(first), without_year(last));
  return first <= date && date <= last;
}

bool is_listed(const Calendar& calendar, const year_month_day& date) {
  return std::any_of(calendar.dates.begin(), calendar.dates.end(), [&](const year_month_day& listed) {
    return calendar.recurrent ? without_year(listed) == without_year(date) : listed == date;
  });
}

}  // namespace

bool Calendar::covers(UnixMillis time, const TimeZone& zone) const {
  const LocalTime local = local_time(time, zone);
  switch (days) {
    case Days::date:
      return is_listed(*this, local.date);
    case Days::range:
      return in_range(*this, local.date);
    case Days::daily:
      return between(local.second, from_second, to_second);
    case Days::weekly:
      return weekdays >> (weekday{sys_days{local.date}}.c_encoding() + 1) & 1u;
    case Days::monthly:
      return month_days >> static_cast<unsigned>(local.date.day()) & 1u;
  }
  return false;
}

bool Calendar::excludes(UnixMillis time, const TimeZone& zone) const {
  return enabled && covers(time, zone) == (mode == Mode::blackout);
}

bool excluded(std::span<const Calendar> calendars, UnixMillis time, const TimeZone& zone) {
  return std::any_of(calendars.begin(), calendars.end(),
                     [&](const Calendar& calendar) { return calendar.excludes(time, zone); });
}

}  // namespace qd::model
