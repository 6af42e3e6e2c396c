#include "model/job.hpp"

#include "base/text.hpp"

namespace qd::model {

std::string Job::path() const {
  return group.empty() ? name : group + "/" + name;
}

std::vector<std::string> Job::tags() const {
  const Json* written = find(extra, "tags");
  if (written == nullptr) return {};
  const JsonArray* list = written->if_array();
  if (list == nullptr) return base::split_trimmed(scalar_text(*written).value_or(""), ',');
  std::vector<std::string> tags;
  for (const Json& tag : *list) {
    if (auto text = scalar_text(tag); text && !text->empty()) tags.push_back(std::move(*text));
  }
  return tags;
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
