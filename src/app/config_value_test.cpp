#include "app/config_value.hpp"

#include <gtest/gtest.h>
#include <optional>

namespace qd::app {
namespace {

std::optional<std::int64_t> number(ValueKind kind, std::string_view text, ValueRange range = {}) {
  const auto value = judge_value(kind, text, range, {});
  return value ? std::optional(value->number) : std::nullopt;
}

bool fits(ValueKind kind, std::string_view text, std::string_view choices = {}) {
  return judge_value(kind, text, {}, choices).has_value();
}

TEST(ConfigValue, Flags) {
  for (const char* yes : {"true", "TRUE", "yes", "on", "1", " true "})
    EXPECT_EQ(number(ValueKind::flag, yes), 1) << yes;
  for (const char* no : {"false", "No", "off", "0"}) EXPECT_EQ(number(ValueKind::flag, no), 0) << no;
  for (const char* bad : {"", "maybe", "2", "truee"}) EXPECT_EQ(number(ValueKind::flag, bad), std::nullopt) << bad;
}

TEST(ConfigValue, NumbersKeepToTheirRange) {
  EXPECT_EQ(number(ValueKind::number, "4440", {0, 65'535}), 4440);
  EXPECT_EQ(number(ValueKind::number, "65536", {0, 65'535}), std::nullopt);
  EXPECT_EQ(number(ValueKind::number, "-1", {0, 65'535}), std::nullopt);
  EXPECT_EQ(number(ValueKind::number, "99999999999999999999"), std::nullopt);
  EXPECT_EQ(number(ValueKind::number, "12x"), std::nullopt);
  const auto value = judge_value(ValueKind::number, "70000", {0, 65'535}, {});
  EXPECT_EQ(value.error().message, "expected a whole number from 0 to 65535");
}

TEST(ConfigValue, Sizes) {
  EXPECT_EQ(number(ValueKind::bytes, "4096000000"), 4'096'000'000);
  EXPECT_EQ(number(ValueKind::bytes, "200M"), 200LL << 20);
  EXPECT_EQ(number(ValueKind::bytes, "250kb"), 250 << 10);
  EXPECT_EQ(number(ValueKind::bytes, "1 G"), 1LL << 30);
  EXPECT_EQ(number(ValueKind::bytes, "2tb"), 2LL << 40);
  for (const char* bad : {"", "M", "1X", "-1", "9999999999T", "1.5G"})
    EXPECT_EQ(number(ValueKind::bytes, bad), std::nullopt) << bad;
}

TEST(ConfigValue, Times) {
  EXPECT_EQ(number(ValueKind::seconds, "3600"), 3'600'000);
  EXPECT_EQ(number(ValueKind::seconds, "30m"), 1'800'000);
  EXPECT_EQ(number(ValueKind::millis, "600000"), 600'000);
  EXPECT_EQ(number(ValueKind::millis, "10s"), 10'000);
  EXPECT_EQ(number(ValueKind::millis, "500ms"), 500);
  EXPECT_EQ(number(ValueKind::life, "30d"), 30LL * 86'400'000);
  EXPECT_EQ(number(ValueKind::life, "1d12h"), 36LL * 3'600'000);
  EXPECT_EQ(number(ValueKind::life, "1y"), 365LL * 86'400'000);
  EXPECT_EQ(number(ValueKind::life, "0"), 0);
  for (const char* bad : {"", "30", "d", "3w", "30dx", "99999999999999y"})
    EXPECT_EQ(number(ValueKind::life, bad), std::nullopt) << bad;
}

TEST(ConfigValue, Texts) {
  EXPECT_TRUE(fits(ValueKind::url, "https://jobs.example.com:4443/rundeck"));
  for (const char* bad : {"jobs.example.com", "ftp://x", "http://", "http:///x", "http://a b"})
    EXPECT_FALSE(fits(ValueKind::url, bad)) << bad;
  EXPECT_TRUE(fits(ValueKind::uuid, "70a4af69-74d6-4319-b923-16eec8c742d3"));
  EXPECT_FALSE(fits(ValueKind::uuid, "70a4af6974d64319b92316eec8c742d3"));
  EXPECT_TRUE(fits(ValueKind::prefix, "/rundeck"));
  EXPECT_FALSE(fits(ValueKind::prefix, "rundeck"));
  EXPECT_FALSE(fits(ValueKind::prefix, "//evil.example.com"));
  EXPECT_EQ(judge_value(ValueKind::choice, "PASSIVE", {}, "active|passive")->text, "passive");
  EXPECT_EQ(judge_value(ValueKind::choice, "off", {}, "active|passive").error().message,
            "expected one of active, passive");
  EXPECT_EQ(judge_value(ValueKind::secret, " s ", {}, {})->text, " s ");
  EXPECT_TRUE(fits(ValueKind::database_url, "jdbc:postgresql://db/rundeck"));
  EXPECT_TRUE(fits(ValueKind::database_url, "jdbc:h2:file:/x;DB_CLOSE_ON_EXIT=FALSE"));
  EXPECT_FALSE(fits(ValueKind::database_url, "jdbc:oracle:thin:@db:1521:orcl"));
}

}  // namespace
}  // namespace qd::app
