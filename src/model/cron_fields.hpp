// What the fields of a cron expression allow, as bits: bit n of a set is the value n.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <string_view>

#include "base/result.hpp"

namespace qd::model {

inline constexpr int kFirstCronYear = 1970;
inline constexpr int kLastCronYear = 2099;

// The days of a month: the union of all that is set here. Weekdays are 1 (Sunday) to 7.
struct CronDays {
  std::uint32_t days = 0;                     // 1 to 31
  std::uint32_t nearest = 0;                  // nW: the weekday (Monday to Friday) nearest to day n
  std::uint32_t from_last = 0;                // L-n: n days before the last day; bit 0 is L itself
  std::uint32_t nearest_from_last = 0;        // L-nW; bit 0 is LW
  std::uint32_t weekdays = 0;                 // every one in the month
  std::uint32_t last_weekdays = 0;            // nL: the last one in the month
  std::array<std::uint32_t, 6> nth_weekdays;  // n#k: the k-th in the month, at [k]; [0] is unused

  CronDays() : nth_weekdays{} {}
  // The allowed days of one month, as bits 1 to 31.
  std::uint32_t in_month(int year, unsigned month) const;
  bool operator==(const CronDays&) const = default;
};

struct CronFields {
  std::uint64_t seconds = 0;
  std::uint64_t minutes = 0;
  std::uint32_t hours = 0;
  CronDays days;
  std::uint32_t months = 0;                               // 1 to 12
  std::bitset<kLastCronYear - kFirstCronYear + 1> years;  // bit 0 is kFirstCronYear
  bool operator==(const CronFields&) const = default;
};

// Six or seven fields, as Cron::parse documents them. It does not look whether they ever meet.
Result<CronFields> parse_cron_fields(std::string_view text);

}  // namespace qd::model
