#include "model/time_zone.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <string>

#include "model/time_zone_rule.hpp"

namespace qd::model {
namespace {

std::int32_t offset_in(std::string_view zone, std::string_view when) {
  const auto found = TimeZone::find(zone);
  EXPECT_TRUE(found) << zone;
  return found ? found->offset_at(*parse_iso8601(when)) : -1;
}

TEST(TimeZone, FindsNamesAsJavaTakesThem) {
  constexpr auto winter = "2026-01-15T12:00:00Z";
  EXPECT_EQ(offset_in("UTC", winter), 0);
  EXPECT_EQ(offset_in("GMT", winter), 0);
  EXPECT_EQ(offset_in("GMT+2", winter), 7200);
  EXPECT_EQ(offset_in("GMT-05:30", winter), -19800);
  EXPECT_EQ(offset_in("GMT+0530", winter), 19800);
  EXPECT_EQ(offset_in("Etc/GMT+2", winter), -7200);
  EXPECT_EQ(offset_in("America/New_York", winter), -5 * 3600);
  EXPECT_EQ(offset_in("EST", winter), -5 * 3600);
  EXPECT_EQ(offset_in("PST", winter), -8 * 3600);
  EXPECT_EQ(offset_in("CST6CDT", winter), -6 * 3600);
  EXPECT_EQ(offset_in("PST", "2026-07-15T12:00:00Z"), -7 * 3600);
  EXPECT_EQ(TimeZone::find("PST")->name(), "PST");
}

TEST(TimeZone, RefusesWhatNoZoneIsCalled) {
  for (const auto* name : {"Europe/Atlantis", "../../etc/passwd", "GMT+24", "GMT+1:5", "GMT+", "GMT++1", "GMT+1:60",
                           "europe/berlin", "/usr/share/zoneinfo/UTC", "tzdata.zi", " "}) {
    const auto zone = TimeZone::find(name);
    ASSERT_FALSE(zone) << name;
    EXPECT_EQ(zone.error().kind, ErrorKind::invalid);
    EXPECT_EQ(zone.error().message,
              "time zone \"" + std::string(name) +
                  "\" is not known; right are for example \"Europe/Berlin\", \"UTC\" or \"GMT+2\"");
  }
}

TEST(TimeZone, TheServersZoneIsAlwaysFound) {
  EXPECT_TRUE(TimeZone::find(""));
}

TEST(TimeZone, ReadsWhatTheVariableTzMayHold) {
  const UnixMillis summer = *parse_iso8601("2026-07-15T12:00:00Z");
  EXPECT_EQ(TimeZone::from_setting(":Europe/Berlin")->offset_at(summer), 7200);
  EXPECT_EQ(TimeZone::from_setting("/usr/share/zoneinfo/Europe/Berlin")->name(), "Europe/Berlin");
  EXPECT_EQ(TimeZone::from_setting("CET-1CEST,M3.5.0,M10.5.0/3")->offset_at(summer), 7200);
  EXPECT_EQ(TimeZone::from_setting("XYZ-3")->offset_at(summer), 3 * 3600);
  EXPECT_EQ(TimeZone::from_setting("")->name(), "UTC");
  EXPECT_FALSE(TimeZone::from_setting("CET-1CEST,M3.5.0"));
}

TEST(TimeZone, SaysWhenTheOffsetChanges) {
  const auto berlin = *TimeZone::find("Europe/Berlin");
  const auto summer = berlin.period_at(*parse_iso8601("2026-07-15T12:00:00Z") / 1000);
  EXPECT_EQ(iso8601(summer.begin * 1000), "2026-03-29T01:00:00Z");
  EXPECT_EQ(iso8601(summer.end * 1000), "2026-10-25T01:00:00Z");
  EXPECT_EQ(summer.offset, 7200);
  EXPECT_EQ(summer.next_offset, 3600);
  EXPECT_EQ(berlin.period_at(summer.end).begin, summer.end);
  EXPECT_EQ(berlin.offset_at(summer.begin * 1000 - 1), 3600);
  EXPECT_EQ(berlin.offset_at(-1), 3600);
  EXPECT_EQ(TimeZone::utc().period_at(0).offset, 0);
}

// The table of the zone files ends in 2037; what follows is their yearly rule.
TEST(TimeZone, KeepsDaylightSavingAfter2037) {
  EXPECT_EQ(offset_in("Europe/Berlin", "2037-07-01T00:00:00Z"), 7200);
  EXPECT_EQ(offset_in("Europe/Berlin", "2040-07-01T00:00:00Z"), 7200);
  EXPECT_EQ(offset_in("Europe/Berlin", "2040-12-01T00:00:00Z"), 3600);
  EXPECT_EQ(offset_in("Australia/Lord_Howe", "2050-01-01T00:00:00Z"), 39600);
  EXPECT_EQ(offset_in("Australia/Lord_Howe", "2050-07-01T00:00:00Z"), 37800);
  EXPECT_EQ(offset_in("Asia/Tokyo", "2099-07-01T00:00:00Z"), 9 * 3600);
  const auto york = *TimeZone::find("America/New_York");
  EXPECT_EQ(iso8601(york.period_at(*parse_iso8601("2099-07-01T00:00:00Z") / 1000).end * 1000), "2099-11-01T06:00:00Z");
}

std::vector<std::string> times_of(std::string_view rule, int year) {
  std::vector<std::string> times;
  const auto parsed = TimeZoneRule::parse(rule);
  EXPECT_TRUE(parsed) << rule;
  for (const auto& change : changes_of(*parsed, year, year)) {
    times.push_back(iso8601(change.at * 1000) + " " + std::to_string(change.offset));
  }
  return times;
}

TEST(TimeZoneRule, SaysWhenTheClocksChange) {
  using Times = std::vector<std::string>;
  EXPECT_EQ(times_of("EST5EDT,M3.2.0,M11.1.0", 2026),
            (Times{"2026-03-08T07:00:00Z -14400", "2026-11-01T06:00:00Z -18000"}));
  EXPECT_EQ(times_of("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 2026),
            (Times{"2026-03-29T01:00:00Z -3600", "2026-10-25T01:00:00Z -7200"}));
  EXPECT_EQ(times_of("IST-1GMT0,M10.5.0,M3.5.0/1", 2026),
            (Times{"2026-03-29T01:00:00Z 3600", "2026-10-25T01:00:00Z 0"}));
  EXPECT_EQ(times_of("EET-2EEST,M3.4.4/50,M10.4.4/50", 2026),
            (Times{"2026-03-28T00:00:00Z 10800", "2026-10-23T23:00:00Z 7200"}));
  EXPECT_EQ(times_of("AAA3BBB,J60/0,59/0", 2028), (Times{"2028-02-29T02:00:00Z -10800", "2028-03-01T03:00:00Z -7200"}));
  EXPECT_EQ(times_of("JST-9", 2026), Times{});
}

TEST(TimeZoneRule, RefusesHalfRules) {
  for (const auto* text : {"", "E5", "EST", "EST5EDT", "EST5EDT,M3.2.0", "EST5EDT,M13.2.0,M11.1.0",
                           "EST5EDT,M3.6.0,M11.1.0", "EST5EDT,M3.2.7,M11.1.0", "EST5EDT,M3.2.0,M11.1.0x", "EST99",
                           "<EST5", "EST5EDT,J0,J300", "EST5EDT,M3.2.0/168,M11.1.0", "EST99999999999"}) {
    EXPECT_FALSE(TimeZoneRule::parse(text)) << text;
  }
}

}  // namespace
}  // namespace qd::model
