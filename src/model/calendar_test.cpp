#include "model/calendar.hpp"

#include <gtest/gtest.h>
#include <string>

namespace qd::model {
namespace {

Calendar calendar_of(const std::string& fields) {
  const auto json = parse_json(R"({"name": "holidays", )" + fields + "}");
  EXPECT_TRUE(json) << fields;
  const auto calendar = calendar_from_json(*json);
  EXPECT_TRUE(calendar) << (calendar ? "" : calendar.error().message);
  return calendar.value_or(Calendar{});
}

bool covers(const Calendar& calendar, std::string_view time, std::string_view zone = "UTC") {
  return calendar.covers(*parse_iso8601(time), *TimeZone::find(zone));
}

std::string calendar_problem(const std::string& document) {
  const auto calendar = calendar_from_json(*parse_json(document));
  return calendar ? "" : calendar.error().message;
}

TEST(Calendar, CoversListedDatesOnTheZonesClock) {
  const auto calendar = calendar_of(R"("dateType": "date", "dateDefinition": ["2026/12/24", "2026-12-31"])");
  EXPECT_TRUE(covers(calendar, "2026-12-24T23:59:59Z"));
  EXPECT_TRUE(covers(calendar, "2026-12-31T00:00:00Z"));
  EXPECT_FALSE(covers(calendar, "2026-12-25T00:00:00Z"));
  EXPECT_FALSE(covers(calendar, "2027-12-24T12:00:00Z"));
  EXPECT_TRUE(covers(calendar, "2026-12-25T04:59:59Z", "America/New_York"));
  EXPECT_FALSE(covers(calendar, "2026-12-24T04:59:59Z", "America/New_York"));
}

TEST(Calendar, RepeatsDatesAndRangesEveryYear) {
  const auto dates =
      calendar_of(R"("dateType": "date", "dateDefinition": ["2020/02/29", "2020/12/25"], "recurrent": true)");
  EXPECT_TRUE(covers(dates, "2031-12-25T12:00:00Z"));
  EXPECT_TRUE(covers(dates, "2028-02-29T12:00:00Z"));
  EXPECT_FALSE(covers(dates, "2027-02-28T12:00:00Z"));
  const auto range =
      calendar_of(R"("dateType": "range", "dateDefinition": ["2019/12/24", "2020/01/02"], "recurrent": true)");
  EXPECT_TRUE(covers(range, "2031-12-24T00:00:00Z"));
  EXPECT_TRUE(covers(range, "2032-01-02T23:59:59Z"));
  EXPECT_FALSE(covers(range, "2032-01-03T00:00:00Z"));
  EXPECT_FALSE(covers(range, "2031-12-23T23:59:59Z"));
}

TEST(Calendar, CoversARangeOnce) {
  const auto range = calendar_of(R"("dateType": "range", "dateDefinition": ["2019/11/21", "2019/11/27"])");
  EXPECT_FALSE(covers(range, "2019-11-20T23:59:59Z"));
  EXPECT_TRUE(covers(range, "2019-11-21T00:00:00Z"));
  EXPECT_TRUE(covers(range, "2019-11-27T23:59:59Z"));
  EXPECT_FALSE(covers(range, "2019-11-28T00:00:00Z"));
  EXPECT_FALSE(covers(range, "2020-11-23T00:00:00Z"));
}

TEST(Calendar, CoversTimesOfDay) {
  const auto day = calendar_of(R"("dateType": "daily", "dateDefinition": ["08:00", "17:00"])");
  EXPECT_FALSE(covers(day, "2026-05-05T07:59:59Z"));
  EXPECT_TRUE(covers(day, "2026-05-05T08:00:00Z"));
  EXPECT_TRUE(covers(day, "2026-05-05T17:00:00Z"));
  EXPECT_FALSE(covers(day, "2026-05-05T17:00:01Z"));
  const auto night = calendar_of(R"("dateType": "daily", "dateDefinition": ["22:00", "06:00:30"])");
  EXPECT_TRUE(covers(night, "2026-05-05T23:00:00Z"));
  EXPECT_TRUE(covers(night, "2026-05-05T06:00:30Z"));
  EXPECT_FALSE(covers(night, "2026-05-05T12:00:00Z"));
}

TEST(Calendar, CoversWeekdaysAndDaysOfTheMonth) {
  const auto weekend = calendar_of(R"("dateType": "weekly", "dateDefinition": ["Saturday", 1])");
  EXPECT_TRUE(covers(weekend, "2026-11-28T12:00:00Z"));
  EXPECT_TRUE(covers(weekend, "2026-11-29T12:00:00Z"));
  EXPECT_FALSE(covers(weekend, "2026-11-30T12:00:00Z"));
  const auto ends = calendar_of(R"("dateType": "monthly", "dateDefinition": [30, "31"])");
  EXPECT_TRUE(covers(ends, "2026-11-30T12:00:00Z"));
  EXPECT_FALSE(covers(ends, "2026-11-29T12:00:00Z"));
}

TEST(Calendar, BlackoutsWinOverAllowedTimes) {
  const auto weekend =
      calendar_of(R"("dateType": "weekly", "dateDefinition": ["SAT", "SUN"], "calendarType": "allowed")");
  const auto christmas = calendar_of(R"("dateType": "date", "dateDefinition": ["2026/12/26"])");
  const std::vector<Calendar> both{weekend, christmas};
  const auto is_excluded = [&](std::string_view time) { return excluded(both, *parse_iso8601(time), TimeZone::utc()); };
  EXPECT_FALSE(is_excluded("2026-12-27T12:00:00Z"));  // Sunday
  EXPECT_TRUE(is_excluded("2026-12-26T12:00:00Z"));   // Saturday, but a blackout
  EXPECT_TRUE(is_excluded("2026-12-28T12:00:00Z"));   // Monday
  EXPECT_FALSE(excluded({}, 0, TimeZone::utc()));
}

TEST(Calendar, ADisabledOneExcludesNothing) {
  const auto calendar = calendar_of(R"("dateType": "weekly", "dateDefinition": [1,2,3,4,5,6,7], "enable": false)");
  EXPECT_FALSE(calendar.excludes(0, TimeZone::utc()));
}

TEST(Calendar, IsWrittenAsTheApiShowsIt) {
  for (
      const auto* text :
      {R"({"id":1,"name":"New Calendar","description":"test","calendarType":"blackout","level":"project","project":"Demo","dateType":"date","dateDefinition":["2019/12/07","2020/01/01"],"enable":true,"allReference":false,"recurrent":false,"objects":[{"uuid":"7ca918bd","name":"scheduled/job"}]})",
       R"({"id":2,"name":"S","description":"","calendarType":"allowed","level":"system","project":null,"dateType":"range","dateDefinition":["2019/11/21","2019/11/27"],"enable":false,"allReference":true,"recurrent":true,"objects":null})",
       R"({"id":3,"name":"S","description":"","calendarType":"allowed","level":"system","project":null,"dateType":"daily","dateDefinition":["08:00","17:30:15"],"enable":true,"allReference":false,"recurrent":false,"objects":[{"name":"Demo"}]})",
       R"({"id":4,"name":"S","description":"","calendarType":"blackout","level":"project","project":"p","dateType":"weekly","dateDefinition":["SUN","SAT"],"enable":true,"allReference":false,"recurrent":false,"objects":null})",
       R"({"id":5,"name":"S","description":"","calendarType":"blackout","level":"project","project":"p","dateType":"monthly","dateDefinition":[1,31],"enable":true,"allReference":false,"recurrent":false,"objects":null})"}) {
    const auto calendar = calendar_from_json(*parse_json(text));
    ASSERT_TRUE(calendar) << calendar.error().message;
    EXPECT_EQ(boost::json::serialize(calendar_to_json(*calendar)), text);
  }
}

TEST(Calendar, SaysWhatIsWrong) {
  EXPECT_EQ(calendar_problem("[]"), "calendar: it must be a map");
  EXPECT_EQ(calendar_problem(R"({"name": " "})"), "calendar: 'name' is required");
  EXPECT_EQ(calendar_problem(R"({"name": "a", "dateType": "hourly"})"),
            "calendar: 'dateType' must be date, range, daily, weekly or monthly, not \"hourly\"");
  EXPECT_EQ(calendar_problem(R"({"name": "a", "calendarType": "red"})"),
            "calendar: 'calendarType' must be blackout or allowed, not \"red\"");
  EXPECT_EQ(calendar_problem(R"({"name": "a", "dateType": "date", "dateDefinition": []})"),
            "calendar: 'dateDefinition' must be a list that is not empty");
  EXPECT_EQ(calendar_problem(R"({"name": "a", "dateType": "date", "dateDefinition": ["2026/12/24", "2026/02/30"]})"),
            "calendar: 'dateDefinition' entry 2 must be a date as \"2026/12/24\", not \"2026/02/30\"");
  EXPECT_EQ(calendar_problem(R"({"name": "a", "dateType": "daily", "dateDefinition": ["08:00"]})"),
            "calendar: 'dateDefinition' of type daily must have two entries, the first and the last");
  EXPECT_EQ(calendar_problem(R"({"name": "a", "dateType": "daily", "dateDefinition": ["08:00", "24:00"]})"),
            "calendar: 'dateDefinition' entry 2 must be a time of day as \"08:00\", not \"24:00\"");
  EXPECT_EQ(calendar_problem(R"({"name": "a", "dateType": "weekly", "dateDefinition": ["XYZ"]})"),
            "calendar: 'dateDefinition' entry 1 must be a weekday as \"SAT\", not \"XYZ\"");
  EXPECT_EQ(calendar_problem(R"({"name": "a", "dateType": "monthly", "dateDefinition": [{}]})"),
            "calendar: 'dateDefinition' entry 1 must be a day of the month, 1 to 31, not that");
  EXPECT_EQ(calendar_problem(R"({"name": "a", "dateType": "range", "dateDefinition": ["2026/12/24", "2026/01/02"]})"),
            "calendar: 'dateDefinition' ends before it starts; only a range with 'recurrent' may run over New Year");
  EXPECT_EQ(
      calendar_problem(R"({"name": "a", "dateType": "monthly", "dateDefinition": [1], "objects": [{"name": "x"}]})"),
      "calendar: each of 'objects' needs the 'uuid' of a job");
}

}  // namespace
}  // namespace qd::model
