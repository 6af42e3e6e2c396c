#include "model/cron.hpp"

#include <algorithm>
#include <bit>
#include <chrono>

#include "base/text.hpp"

namespace qd::model {
namespace {

constexpr std::int64_t kDaySeconds = 86'400;
constexpr std::uint32_t kEveryHour = (1u << 24) - 1;
// No zone is further from UTC than this, so no local time is earlier than itself read as UTC minus this.
constexpr std::int64_t kWidestOffset = 26 * 3600;
// Times further away (in milliseconds) are cut off: nothing fires there, and sums stay in range.
constexpr UnixMillis kFarAway = std::int64_t{1} << 52;

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

// The lowest bit from `from` on, or the highest up to `to`; -1 when there is none.
int lowest_from(std::uint64_t bits, int from) {
  if (from > 63) return -1;
  bits = bits >> from << from;
  return bits == 0 ? -1 : std::countr_zero(bits);
}
int highest_to(std::uint64_t bits, int to) {
  if (to < 0) return -1;
  if (to < 63) bits &= (std::uint64_t{2} << to) - 1;
  return bits == 0 ? -1 : 63 - std::countl_zero(bits);
}

int first_of(std::uint64_t bits) {
  return lowest_from(bits, 0);
}
int last_of(std::uint64_t bits) {
  return highest_to(bits, 63);
}

// Local time without a zone: days since 1970 and seconds of the day, and the steps that a search takes in it.
class LocalSearch {
 public:
  explicit LocalSearch(const CronFields& fields) : fields_(fields) {}

  // The first allowed local time from `local` on (seconds since 1970 on the zone's clock).
  std::optional<std::int64_t> at_or_after(std::int64_t local) const {
    const std::int64_t today = floor_div(local, kDaySeconds);
    const auto day = day_from(today);
    if (!day) return {};
    if (*day > today) return *day * kDaySeconds + first_second();
    if (const int second = second_from(static_cast<int>(local - today * kDaySeconds)); second >= 0) {
      return today * kDaySeconds + second;
    }
    const auto later = day_from(today + 1);
    if (!later) return {};
    return *later * kDaySeconds + first_second();
  }

  std::optional<std::int64_t> at_or_before(std::int64_t local) const {
    const std::int64_t today = floor_div(local, kDaySeconds);
    const auto day = day_to(today);
    if (!day) return {};
    if (*day < today) return *day * kDaySeconds + last_second();
    if (const int second = second_to(static_cast<int>(local - today * kDaySeconds)); second >= 0) {
      return today * kDaySeconds + second;
    }
    const auto earlier = day_to(today - 1);
    if (!earlier) return {};
    return *earlier * kDaySeconds + last_second();
  }

 private:
  static int second_of(int hour, int minute, int second) { return (hour * 60 + minute) * 60 + second; }

  int first_second() const {
    return second_of(first_of(fields_.hours), first_of(fields_.minutes), first_of(fields_.seconds));
  }
  int last_second() const {
    return second_of(last_of(fields_.hours), last_of(fields_.minutes), last_of(fields_.seconds));
  }

  // The first allowed second of a day from `start` on, or -1.
  int second_from(int start) const {
    const int hour = start / 3600;
    const int minute = start / 60 % 60;
    if (lowest_from(fields_.hours, hour) == hour) {
      if (lowest_from(fields_.minutes, minute) == minute) {
        const int second = lowest_from(fields_.seconds, start % 60);
        if (second >= 0) return second_of(hour, minute, second);
      }
      const int later = lowest_from(fields_.minutes, minute + 1);
      if (later >= 0) return second_of(hour, later, first_of(fields_.seconds));
    }
    const int later = lowest_from(fields_.hours, hour + 1);
    return later < 0 ? -1 : second_of(later, first_of(fields_.minutes), first_of(fields_.seconds));
  }

  int second_to(int end) const {
    const int hour = end / 3600;
    const int minute = end / 60 % 60;
    if (highest_to(fields_.hours, hour) == hour) {
      if (highest_to(fields_.minutes, minute) == minute) {
        const int second = highest_to(fields_.seconds, end % 60);
        if (second >= 0) return second_of(hour, minute, second);
      }
      const int earlier = highest_to(fields_.minutes, minute - 1);
      if (earlier >= 0) return second_of(hour, earlier, last_of(fields_.seconds));
    }
    const int earlier = highest_to(fields_.hours, hour - 1);
    return earlier < 0 ? -1 : second_of(earlier, last_of(fields_.minutes), last_of(fields_.seconds));
  }

  bool allows_year(int year) const { return fields_.years[static_cast<std::size_t>(year - kFirstCronYear)]; }

  static std::int64_t days_of(int year, int month, int day) {
    using namespace std::chrono;
    const year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                              std::chrono::day{static_cast<unsigned>(day)}};
    return sys_days{date}.time_since_epoch().count();
  }

  // Days far outside the years of cron expressions are cut off before they become a date.
  static std::chrono::year_month_day date_of_days(std::int64_t days_since_1970) {
    const std::int64_t inside =
        std::clamp(days_since_1970, days_of(kFirstCronYear - 1, 12, 31), days_of(kLastCronYear + 1, 1, 1));
    return std::chrono::sys_days{std::chrono::days{inside}};
  }

  // The first allowed day from `start` on (days since 1970).
  std::optional<std::int64_t> day_from(std::int64_t start) const {
    const auto date = date_of_days(start);
    int year = static_cast<int>(date.year());
    int month = static_cast<int>(static_cast<unsigned>(date.month()));
    int day = static_cast<int>(static_cast<unsigned>(date.day()));
    if (year < kFirstCronYear) {
      year = kFirstCronYear;
      month = day = 1;
    }
    for (; year <= kLastCronYear; ++year, month = day = 1) {
      if (!allows_year(year)) continue;
      for (int m = lowest_from(fields_.months, month); m >= 0; m = lowest_from(fields_.months, m + 1)) {
        const int from = m == month ? day : 1;
        const int found = lowest_from(fields_.days.in_month(year, static_cast<unsigned>(m)), from);
        if (found >= 0) return days_of(year, m, found);
      }
    }
    return {};
  }

  std::optional<std::int64_t> day_to(std::int64_t end) const {
    const auto date = date_of_days(end);
    int year = static_cast<int>(date.year());
    int month = static_cast<int>(static_cast<unsigned>(date.month()));
    int day = static_cast<int>(static_cast<unsigned>(date.day()));
    if (year > kLastCronYear) {
      year = kLastCronYear;
      month = 12;
      day = 31;
    }
    for (; year >= kFirstCronYear; --year, month = 12, day = 31) {
      if (!allows_year(year)) continue;
      for (int m = highest_to(fields_.months, month); m >= 0; m = highest_to(fields_.months, m - 1)) {
        const int to = m == month ? day : 31;
        const int found = highest_to(fields_.days.in_month(year, static_cast<unsigned>(m)), to);
        if (found >= 0) return days_of(year, m, found);
      }
    }
    return {};
  }

  const CronFields& fields_;
};

// The end of the local times of `period` that may fire in it: those that occur again after it wait for that.
std::int64_t local_end(const TimeZone::Period& period, const CronFields& fields) {
  const bool keeps_pace = fields.hours == kEveryHour;
  return period.end + (keeps_pace ? period.offset : std::min(period.offset, period.next_offset));
}

}  // namespace

Result<Cron> Cron::parse(std::string_view text) {
  text = base::trim(text);
  const auto fields = parse_cron_fields(text);
  if (!fields) return fail(fields.error());
  if (!LocalSearch(*fields).at_or_after(0)) {
    return fail(ErrorKind::invalid, "cron expression \"" + std::string(text) +
                                        "\" never fires: no year from 1970 to 2099 has such a day; right is for "
                                        "example \"0 0 2 L FEB ?\"");
  }
  return Cron(std::string(text), *fields);
}

std::optional<UnixMillis> Cron::next(UnixMillis after, const TimeZone& zone) const {
  const LocalSearch search(fields_);
  std::int64_t time = floor_div(std::clamp(after, -kFarAway, kFarAway), 1000) + 1;
  while (true) {
    const auto period = zone.period_at(time);
    const auto local = search.at_or_after(time + period.offset);
    if (!local) return {};
    if (*local < local_end(period, fields_)) return (*local - period.offset) * 1000;
    time = std::max(period.end, *local - kWidestOffset);
  }
}

std::optional<UnixMillis> Cron::previous(UnixMillis before, const TimeZone& zone) const {
  const LocalSearch search(fields_);
  std::int64_t time = floor_div(std::clamp(before, -kFarAway, kFarAway) - 1, 1000);
  while (true) {
    const auto period = zone.period_at(time);
    const auto local = search.at_or_before(std::min(time + period.offset, local_end(period, fields_) - 1));
    if (!local) return {};
    if (*local >= period.begin + period.offset) return (*local - period.offset) * 1000;
    time = std::min(period.begin - 1, *local + kWidestOffset);
  }
}

}  // namespace qd::model
