#include "api/parameters.hpp"

#include <gtest/gtest.h>

namespace qd::api {
namespace {

UnixMillis at_time(const char* text) {
  return parse_iso8601(text).value();
}

TEST(Parameters, RelativeTimesAreLengths) {
  EXPECT_EQ(relative_time("5s"), Millis(5'000));
  EXPECT_EQ(relative_time("2n"), Millis(120'000));
  EXPECT_EQ(relative_time("1w"), Millis(7LL * 86'400'000));
  EXPECT_EQ(relative_time("1m"), Millis(30LL * 86'400'000));
  for (const char* wrong : {"", "5", "s", "5x", "-5s", "1.5h", "5 s", "1000001y"}) EXPECT_FALSE(relative_time(wrong));
}

TEST(Parameters, MonthsAndYearsFollowTheCalendar) {
  const auto now = at_time("2028-01-31T10:20:30Z");
  EXPECT_EQ(relative_to(now, "1m", false), at_time("2028-02-29T10:20:30Z"));
  EXPECT_EQ(relative_to(now, "13m", false), at_time("2029-02-28T10:20:30Z"));
  EXPECT_EQ(relative_to(now, "2m", true), at_time("2027-11-30T10:20:30Z"));
  EXPECT_EQ(relative_to(at_time("2028-02-29T00:00:00Z"), "1y", false), at_time("2029-02-28T00:00:00Z"));
  EXPECT_EQ(relative_to(now, "3h", true), now - 3 * 3'600'000);
  EXPECT_FALSE(relative_to(now, "soon", false));
}

TEST(Parameters, NoLengthOverflows) {
  const auto now = at_time("2028-01-31T10:20:30Z");
  EXPECT_EQ(relative_to(now, "1000000y", false), at_time("2128-01-31T10:20:30Z"));
  EXPECT_EQ(relative_to(now, "1000000m", true), at_time("1928-01-31T10:20:30Z"));
  EXPECT_GT(relative_to(now, "1000000w", false), now);
}

}  // namespace
}  // namespace qd::api
