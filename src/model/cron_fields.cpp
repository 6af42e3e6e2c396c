#include "model/cron_fields.hpp"

#include <bit>
#include <chrono>

namespace qd::model {
namespace {

constexpr int kSunday = 1;
constexpr int kSaturday = 7;
// Every seventh bit: shifted by a weekday's first day, all its days of a month.
constexpr std::uint32_t kWeekly = 1u | 1u << 7 | 1u << 14 | 1u << 21 | 1u << 28;

struct MonthShape {
  int last;           // the number of its days
  int first_weekday;  // of its day 1

  int weekday_of(int day) const { return (first_weekday - 1 + day - 1) % 7 + 1; }
  std::uint32_t all() const { return static_cast<std::uint32_t>((std::uint64_t{2} << last) - 2); }
};

MonthShape shape_of(int year, unsigned month) {
  using namespace std::chrono;
  const year_month in{std::chrono::year{year}, std::chrono::month{month}};
  const auto last_day = static_cast<unsigned>((in / last).day());
  return {static_cast<int>(last_day), static_cast<int>(weekday{sys_days{in / 1}}.c_encoding()) + 1};
}

// The nearest of Monday to Friday that is in the same month.
int nearest_workday(const MonthShape& month, int day) {
  switch (month.weekday_of(day)) {
    case kSaturday:
      return day == 1 ? 3 : day - 1;
    case kSunday:
      return day == month.last ? day - 2 : day + 1;
    default:
      return day;
  }
}

template <class Use>
void for_each_bit(std::uint32_t bits, Use use) {
  for (; bits != 0; bits &= bits - 1) use(std::countr_zero(bits));
}

std::uint32_t bit_of(int day) {
  return 1u << day;
}

std::uint32_t weekdays_in(const MonthShape& month, const CronDays& wanted) {
  std::uint32_t found = 0;
  for (int weekday = kSunday; weekday <= kSaturday; ++weekday) {
    const int first = 1 + (weekday - month.first_weekday + 7) % 7;
    const std::uint32_t all = kWeekly << first & month.all();
    if (wanted.weekdays & bit_of(weekday)) found |= all;
    if (wanted.last_weekdays & bit_of(weekday)) found |= std::bit_floor(all);
    for (std::size_t k = 1; k < wanted.nth_weekdays.size(); ++k) {
      if (wanted.nth_weekdays[k] & bit_of(weekday)) found |= bit_of(first) << 7 * (k - 1) & all;
    }
  }
  return found;
}

}  // namespace

std::uint32_t CronDays::in_month(int year, unsigned month) const {
  const MonthShape shape = shape_of(year, month);
  std::uint32_t found = days & shape.all();
  for_each_bit(nearest & shape.all(), [&](int day) { found |= bit_of(nearest_workday(shape, day)); });
  for_each_bit(from_last, [&](int before) {
    if (before < shape.last) found |= bit_of(shape.last - before);
  });
  for_each_bit(nearest_from_last, [&](int before) {
    if (before < shape.last) found |= bit_of(nearest_workday(shape, shape.last - before));
  });
  if (days == 0) found |= weekdays_in(shape, *this);
  return found;
}

}  // namespace qd::model
