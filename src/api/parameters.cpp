#include "api/parameters.hpp"

#include <algorithm>
#include <chrono>

#include "base/text.hpp"

namespace qd::api {
namespace {

struct RelativeTime {
  std::int64_t count = 0;
  char unit = 's';
};

std::optional<RelativeTime> read_relative(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  const auto count = base::parse_int(text.substr(0, text.size() - 1));
  if (!count || *count < 0 || *count > 1'000'000) return std::nullopt;
  return RelativeTime{*count, text.back()};
}

// Seconds of a unit that always has the same length; 0 for the others.
std::int64_t unit_seconds(char unit) {
  switch (unit) {
    case 's':
      return 1;
    case 'n':
      return 60;
    case 'h':
      return 3600;
    case 'd':
      return 86'400;
    case 'w':
      return 7 * 86'400;
    default:
      return 0;
  }
}

UnixMillis add_months(UnixMillis now, std::int64_t months) {
  using namespace std::chrono;
  const sys_time<milliseconds> time{milliseconds(now)};
  const auto day = floor<days>(time);
  year_month_day date{day};
  const auto month = year_month(date.year(), date.month()) + std::chrono::months(months);
  const auto last = year_month_day_last(month.year(), month_day_last(month.month()));
  date = month / std::min(date.day(), last.day());
  return now + duration_cast<milliseconds>(sys_days(date) - day).count();
}

}  // namespace

std::string_view without_slashes(std::string_view group) {
  while (group.starts_with('/')) group.remove_prefix(1);
  while (group.ends_with('/')) group.remove_suffix(1);
  return group;
}

Result<std::optional<UnixMillis>> date_parameter(const Call& call, const char* name) {
  const auto text = call.query(name);
  if (!text) return std::optional<UnixMillis>();
  if (const auto millis = base::parse_int(*text)) return std::optional<UnixMillis>(*millis);
  const auto time = parse_iso8601(*text);
  if (!time) {
    return fail(ErrorKind::invalid,
                "The parameter \"" + std::string(name) + "\" did not have a valid time or dateTime format: " + *text,
                "api.error.history.date-format");
  }
  return time;
}

Result<Page> page_parameters(const Call& call, std::size_t usual, std::size_t most) {
  const auto offset = call.number("offset", 0);
  if (!offset) return fail(offset.error());
  const auto max = call.number("max", usual);
  if (!max) return fail(max.error());
  return Page{*offset, *max == 0 ? usual : std::min(*max, most)};
}

std::optional<Millis> relative_time(std::string_view text) {
  const auto read = read_relative(text);
  if (!read) return std::nullopt;
  std::int64_t unit = unit_seconds(read->unit);
  if (read->unit == 'm') unit = 30 * 86'400;
  if (read->unit == 'y') unit = 365 * 86'400;
  if (unit == 0) return std::nullopt;
  return Millis(read->count * unit * 1000);
}

std::optional<UnixMillis> relative_to(UnixMillis now, std::string_view text, bool back) {
  const auto read = read_relative(text);
  if (!read) return std::nullopt;
  const std::int64_t count = back ? -read->count : read->count;
  if (const auto unit = unit_seconds(read->unit); unit > 0) return now + count * unit * 1000;
  // A century is further than any forecast goes, and than a calendar's year can hold many times over.
  constexpr std::int64_t kMostMonths = 1200;
  if (read->unit == 'm') return add_months(now, std::clamp(count, -kMostMonths, kMostMonths));
  if (read->unit == 'y') return add_months(now, std::clamp(count * 12, -kMostMonths, kMostMonths));
  return std::nullopt;
}

}  // namespace qd::api
