#include "base/clock.hpp"

#include <gtest/gtest.h>

namespace qd {
namespace {

TEST(Clock, WritesAndReadsIso8601) {
  const UnixMillis time = 1'795'466'736'123;
  EXPECT_EQ(iso8601(time), "2026-11-23T20:45:36Z");
  EXPECT_EQ(parse_iso8601(iso8601_millis(time)), time);
  EXPECT_EQ(parse_iso8601("1970-01-01"), 0);
  EXPECT_EQ(parse_iso8601("2024-02-29T12:00:00+01:00"), parse_iso8601("2024-02-29T11:00:00Z"));
  EXPECT_EQ(parse_iso8601("2024-02-29T12:00:00-0330"), parse_iso8601("2024-02-29T15:30:00Z"));
  EXPECT_EQ(iso8601(-1000), "1969-12-31T23:59:59Z");
}

TEST(Clock, RefusesWhatIsNoTime) {
  for (const char* bad : {"", "asdf", "2023-02-29", "2024-13-01", "2024-01-01T25:00:00Z", "2024-01-01T10:00:00Zx",
                          "2024-01-01T10:00:00+99"}) {
    EXPECT_EQ(parse_iso8601(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace qd
