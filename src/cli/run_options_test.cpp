#include "cli/run_options.hpp"

#include <gtest/gtest.h>

namespace qd::cli {
namespace {

constexpr UnixMillis kMinute = 60'000;

TEST(JobArguments, ReadsValuesAndFiles) {
  const auto parsed = parse_job_arguments({"-env", "prod", "-n", "-5", "-data", "@a.csv", "-more@", "b.csv"}, false);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->values, (std::map<std::string, std::string>{{"env", "prod"}, {"n", "-5"}}));
  EXPECT_EQ(parsed->files, (std::map<std::string, std::string>{{"data", "a.csv"}, {"more", "b.csv"}}));
}

TEST(JobArguments, TakesAtSignsAsTheyAreWhenRaw) {
  const auto parsed = parse_job_arguments({"-to", "@all", "-file@", "x"}, true);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->values.at("to"), "@all");
  EXPECT_EQ(parsed->files.at("file"), "x");
}

TEST(JobArguments, LastOneCounts) {
  const auto parsed = parse_job_arguments({"-a", "@file", "-a", "2"}, false);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->values.at("a"), "2");
  EXPECT_TRUE(parsed->files.empty());
}

TEST(JobArguments, SaysWhatIsWrong) {
  auto parsed = parse_job_arguments({"-env"}, false);
  ASSERT_FALSE(parsed);
  EXPECT_NE(parsed.error().message.find("-env"), std::string::npos);
  parsed = parse_job_arguments({"env", "prod"}, false);
  ASSERT_FALSE(parsed);
  EXPECT_NE(parsed.error().message.find("\"env\""), std::string::npos);
}

TEST(Delay, AddsUnits) {
  EXPECT_EQ(*parse_delay("2h30m", 0), 150 * kMinute);
  EXPECT_EQ(*parse_delay("1w 1d 5s", 0), 8 * 24 * 60 * kMinute + 5'000);
}

TEST(Delay, FollowsTheCalendarForMonthsAndYears) {
  const UnixMillis january_31 = *parse_iso8601("2026-01-31T12:00:00Z");
  EXPECT_EQ(iso8601(*parse_delay("1M", january_31)), "2026-02-28T12:00:00Z");
  EXPECT_EQ(iso8601(*parse_delay("2Y", january_31)), "2028-01-31T12:00:00Z");
  EXPECT_EQ(iso8601(*parse_delay("11M", january_31)), "2026-12-31T12:00:00Z");
}

TEST(Delay, RefusesWhatIsNone) {
  for (const char* text : {"", "5", "h", "5x", "2h3", "-1h", "99999999999999999999s", "9999999Y"}) {
    EXPECT_FALSE(parse_delay(text, 0)) << text;
  }
}

TEST(StartTime, WantsDateAndTime) {
  EXPECT_EQ(*parse_start_time("2016-11-23T12:20:55-0800"), 1'479'932'455'000);
  EXPECT_FALSE(parse_start_time("2016-11-23"));
  EXPECT_FALSE(parse_start_time("tomorrow"));
}

TEST(JoinQuoted, KeepsWordsTogether) {
  EXPECT_EQ(join_quoted({"echo", "a b", "say \"hi\"", "", "'q r'"}), "echo \"a b\" \"say \"\"hi\"\"\" \"\" 'q r'");
}

}  // namespace
}  // namespace qd::cli
