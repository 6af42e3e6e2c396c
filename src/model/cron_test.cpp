#include "model/cron.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace qd::model {
namespace {

using CronTimes = std::vector<std::string>;

CronTimes fires_after(std::string_view expression, std::string_view zone, std::string_view from, std::size_t count) {
  const auto cron = Cron::parse(expression);
  EXPECT_TRUE(cron) << (cron ? "" : cron.error().message);
  CronTimes times;
  auto at = parse_iso8601(from);
  while (cron && times.size() < count && (at = cron->next(*at, *TimeZone::find(zone)))) times.push_back(iso8601(*at));
  return times;
}

CronTimes fires_before(std::string_view expression, std::string_view zone, std::string_view from, std::size_t count) {
  const auto cron = Cron::parse(expression);
  EXPECT_TRUE(cron) << (cron ? "" : cron.error().message);
  CronTimes times;
  auto at = parse_iso8601(from);
  while (cron && times.size() < count && (at = cron->previous(*at, *TimeZone::find(zone))))
    times.push_back(iso8601(*at));
  return times;
}

std::string problem_of(std::string_view expression) {
  const auto cron = Cron::parse(expression);
  if (cron) return "";
  EXPECT_EQ(cron.error().kind, ErrorKind::invalid);
  return cron.error().message;
}

TEST(Cron, FiresStrictlyAfterAndBefore) {
  const auto cron = *Cron::parse("0 0 12 * * ?");
  const auto noon = *parse_iso8601("2026-05-05T12:00:00Z");
  const auto day = 86'400'000;
  EXPECT_EQ(cron.next(noon - 1, TimeZone::utc()), noon);
  EXPECT_EQ(cron.next(noon, TimeZone::utc()), noon + day);
  EXPECT_EQ(cron.next(noon + 999, TimeZone::utc()), noon + day);
  EXPECT_EQ(cron.previous(noon + 1, TimeZone::utc()), noon);
  EXPECT_EQ(cron.previous(noon, TimeZone::utc()), noon - day);
}

TEST(Cron, EndsWithItsYears) {
  EXPECT_EQ(fires_after("0 0 0 1 1 ? 2098-2099", "UTC", "2097-01-01", 5),
            (CronTimes{"2098-01-01T00:00:00Z", "2099-01-01T00:00:00Z"}));
  EXPECT_EQ(fires_before("0 0 0 1 1 ? 1970/1", "UTC", "1971-06-01", 5),
            (CronTimes{"1971-01-01T00:00:00Z", "1970-01-01T00:00:00Z"}));
  const auto cron = *Cron::parse("* * * * * ?");
  EXPECT_EQ(cron.next(INT64_MAX, TimeZone::utc()), std::nullopt);
  EXPECT_EQ(cron.previous(INT64_MIN, TimeZone::utc()), std::nullopt);
  EXPECT_EQ(cron.next(INT64_MIN, TimeZone::utc()), 0);
  EXPECT_EQ(iso8601(*cron.previous(INT64_MAX, TimeZone::utc())), "2099-12-31T23:59:59Z");
}

TEST(Cron, PreviousTakesTheSameTimesAsNext) {
  for (const auto* expression :
       {"0 0/20 * * * ?", "5 30 2 * * ?", "0 0 0 29 2 ?", "0 0 9 ? * MON#1,FRIL", "0 0 9 1W,L-2,LW * ?"}) {
    for (const auto* zone : {"UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/Santiago"}) {
      for (const auto* from :
           {"2026-03-28T20:00:00Z", "2026-04-04T12:00:00Z", "2026-10-03T14:00:00Z", "2026-10-24T22:00:00Z"}) {
        auto forward = fires_after(expression, zone, from, 30);
        const std::string last = forward.back();
        forward.pop_back();
        std::reverse(forward.begin(), forward.end());
        EXPECT_EQ(fires_before(expression, zone, last, forward.size()), forward)
            << expression << " " << zone << " " << from;
      }
    }
  }
}

TEST(Cron, SkippedLocalTimesDoNotFire) {
  EXPECT_EQ(fires_after("0 30 2 * * ?", "Europe/Berlin", "2026-03-28T00:00:00Z", 2),
            (CronTimes{"2026-03-28T01:30:00Z", "2026-03-30T00:30:00Z"}));
  EXPECT_EQ(fires_after("0 0 0 * * ?", "America/Santiago", "2026-09-05T05:00:00Z", 1),
            (CronTimes{"2026-09-07T03:00:00Z"}));
}

TEST(Cron, RepeatedLocalTimesFireAtTheirSecondOccurrence) {
  EXPECT_EQ(fires_after("0 30 2 * * ?", "Europe/Berlin", "2026-10-24T12:00:00Z", 2),
            (CronTimes{"2026-10-25T01:30:00Z", "2026-10-26T01:30:00Z"}));
  EXPECT_EQ(fires_before("0 30 2 * * ?", "Europe/Berlin", "2026-10-25T01:30:00Z", 1),
            (CronTimes{"2026-10-24T00:30:00Z"}));
}

TEST(Cron, EveryHourKeepsItsPaceWhenClocksGoBack) {
  const CronTimes all{"2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z",
                      "2026-10-25T02:00:00Z"};
  EXPECT_EQ(fires_after("0 0/30 * * * ?", "Europe/Berlin", "2026-10-24T23:45:00Z", 5), all);
  EXPECT_EQ(fires_after("0 0/30 0/1 * * ?", "Europe/Berlin", "2026-10-24T23:45:00Z", 5), all);
}

TEST(Cron, TakesListsOfSpecialDays) {
  EXPECT_EQ(fires_after("0 0 0 1,15,L * ?", "UTC", "2026-02-01T00:00:00Z", 3),
            (CronTimes{"2026-02-15T00:00:00Z", "2026-02-28T00:00:00Z", "2026-03-01T00:00:00Z"}));
  EXPECT_EQ(fires_after("0 0 0 1W,15W * ?", "UTC", "2026-08-01T00:00:00Z", 3),
            (CronTimes{"2026-08-03T00:00:00Z", "2026-08-14T00:00:00Z", "2026-09-01T00:00:00Z"}));
  EXPECT_EQ(fires_after("0 0 0 ? * MON#1,FRI#3", "UTC", "2026-08-01T00:00:00Z", 3),
            (CronTimes{"2026-08-03T00:00:00Z", "2026-08-21T00:00:00Z", "2026-09-07T00:00:00Z"}));
  EXPECT_EQ(fires_after("0 0 0 ? * MON-FRI/2", "UTC", "2026-08-01T00:00:00Z", 3),
            (CronTimes{"2026-08-03T00:00:00Z", "2026-08-05T00:00:00Z", "2026-08-07T00:00:00Z"}));
}

TEST(Cron, ADayThatAMonthDoesNotHaveNeverFiresInIt) {
  EXPECT_EQ(fires_after("0 0 0 31W * ?", "UTC", "2026-04-01T00:00:00Z", 2),
            (CronTimes{"2026-05-29T00:00:00Z", "2026-07-31T00:00:00Z"}));
  EXPECT_EQ(fires_after("0 0 0 L-29 * ?", "UTC", "2026-01-15T00:00:00Z", 2),
            (CronTimes{"2026-03-02T00:00:00Z", "2026-04-01T00:00:00Z"}));
}

TEST(Cron, SaysWhatIsWrongAndWhatWouldBeRight) {
  EXPECT_EQ(problem_of("0 0 25 * * ?"),
            "cron expression \"0 0 25 * * ?\": hours \"25\": \"25\" is not from 0 to 23; right are for example \"2\", "
            "\"8-18\" or \"0/4\"");
  EXPECT_EQ(
      problem_of("0 2 * * *"),
      "cron expression \"0 2 * * *\" must have six or seven fields, not 5: seconds minutes hours day-of-month month "
      "weekday [year], as in \"0 30 2 * * ?\"");
  EXPECT_EQ(
      problem_of("0 0 2 * * *"),
      "cron expression \"0 0 2 * * *\": day of month and weekday are both set; exactly one of them must be \"?\", as "
      "in \"0 30 2 * * ?\" or \"0 30 2 ? * MON-FRI\"");
  EXPECT_EQ(
      problem_of("0 0 2 30 FEB ?"),
      "cron expression \"0 0 2 30 FEB ?\" never fires: no year from 1970 to 2099 has such a day; right is for example "
      "\"0 0 2 L FEB ?\"");
}

TEST(Cron, RefusesWhatMakesNoSense) {
  const std::vector<std::pair<const char*, const char*>> wrong{
      {"", "fields, not 0"},
      {"0 0 2 * * ? 2030 1", "fields, not 8"},
      {"60 0 2 * * ?", "seconds \"60\": \"60\" is not from 0 to 59"},
      {"0 -1 2 * * ?", "minutes \"-1\": \"-1\" is no number"},
      {"0 0/60 2 * * ?", "minutes \"0/60\": the step \"60\" is not from 0 to 59"},
      {"0 0/ 2 * * ?", "minutes \"0/\": a number is missing at the end"},
      {"0 , 2 * * ?", "minutes \",\": a value is missing"},
      {"0 0 2-4/0 * * ?", "the step \"0\" is not from 1 to 23"},
      {"0 ? 2 * * ?", "\"?\" may stand only alone"},
      {"0 0 2 ?,1 * ?", "\"?\" may stand only alone"},
      {"0 0 L * * ?", "hours \"L\": \"L\" is no number"},
      {"0 0 2 0 * ?", "day of month \"0\": \"0\" is not from 1 to 31"},
      {"0 0 2 32W * ?", "\"32\" is not from 1 to 31"},
      {"0 0 2 W * ?", "day of month \"W\": \"W\" is no number"},
      {"0 0 2 L-31 * ?", "the number of days before the last one \"31\" is not from 0 to 30"},
      {"0 0 2 1-5W * ?", "day of month \"1-5W\": \"W\" makes no sense here"},
      {"0 0 2 ? JANU-FEBX MON", "month \"JANU-FEBX\": \"X\" makes no sense here"},
      {"0 0 2 ? 13 MON", "month \"13\": \"13\" is not from 1 to 12"},
      {"0 0 2 ? FOO MON", "month \"FOO\": \"FOO\" is no number"},
      {"0 0 2 ? * MO", "weekday \"MO\": \"MO\" is no number"},
      {"0 0 2 ? * 0", "weekday \"0\": \"0\" is not from 1 to 7"},
      {"0 0 2 ? * MON#6", "the number after # \"6\" is not from 1 to 5"},
      {"0 0 2 ? * 8L", "\"8\" is not from 1 to 7"},
      {"0 0 2 ? * L-3", "weekday \"L-3\": \"-3\" makes no sense here"},
      {"0 0 2 * * ? 2100", "year \"2100\": \"2100\" is not from 1970 to 2099"},
      {"0 0 2 * * ? 2030-2029", "year \"2030-2029\": the range ends before it starts"},
      {"0 0 2 ? * ?", "both \"?\""},
      {"0 0 2 31 4,6,9,11 ?", "never fires"},
      {"0 0 2 29 2 ? 2027", "never fires"},
      {"0 0 99999999999999999999 * * ?", "is not from 0 to 23"},
  };
  for (const auto& [expression, problem] : wrong) {
    EXPECT_NE(problem_of(expression).find(problem), std::string::npos) << expression << ": " << problem_of(expression);
  }
  EXPECT_EQ(problem_of(std::string(2000, '1')), "a cron expression has at most 1024 characters");
}

TEST(Cron, TakesNamesInAnyCaseAndBlanksBetween) {
  EXPECT_EQ(*Cron::parse(" 0 0\t2  ? jan-Mar mon-Wednesday "), *Cron::parse("0 0 2 ? 1-3 2-4 *"));
  EXPECT_EQ(Cron::parse(" 0 0 2 ? jan MON ")->text(), "0 0 2 ? jan MON");
  EXPECT_EQ(*Cron::parse("0 5/0 2 * * ?"), *Cron::parse("0 5 2 * * ?"));
  EXPECT_EQ(*Cron::parse("0 ,5,,6, 2 * * ?"), *Cron::parse("0 5,6 2 * * ?"));
}

}  // namespace
}  // namespace qd::model
