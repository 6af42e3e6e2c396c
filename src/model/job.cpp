#include "model/job.hpp"

namespace qd::model {

std::string Job::path() const {
  return group.empty() ? name : group + "/" + name;
}

// Quartz wants exactly one of the two days to be "?".
std::string Schedule::expression() const {
  if (!crontab.empty() || !parts) return crontab;
  const bool by_month_day = !parts->day_of_month.empty();
  const std::string month_day = by_month_day ? parts->day_of_month : "?";
  const std::string week_day = by_month_day ? "?" : parts->day_of_week.empty() ? "*" : parts->day_of_week;
  return parts->seconds + " " + parts->minute + " " + parts->hour + " " + month_day + " " + parts->month + " " +
         week_day + " " + parts->year;
}

}  // namespace qd::model
