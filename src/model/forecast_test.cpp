#include "model/forecast.hpp"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "model/job_rules.hpp"

namespace qd::model {
namespace {

using ForecastTimes = std::vector<std::string>;

CronSchedule schedule_of(std::string_view expression, std::string_view zone = "UTC") {
  Schedule schedule;
  schedule.crontab = expression;
  return *read_schedule(schedule, zone);
}

ForecastTimes shown(const std::vector<PlannedFire>& fires) {
  ForecastTimes times;
  for (const auto& fire : fires) times.push_back(iso8601(fire.due) + (fire.excluded ? " excluded" : ""));
  return times;
}

ForecastWindow window_of(std::string_view from, std::string_view until, std::size_t max) {
  return {*parse_iso8601(from), *parse_iso8601(until), max};
}

Calendar without_weekday(int weekday) {
  Calendar calendar;
  calendar.days = Calendar::Days::weekly;
  calendar.weekdays = 1u << weekday;
  return calendar;
}

TEST(Forecast, MergesSchedulesInOrderWithoutDuplicates) {
  const std::vector<PlannedSchedule> schedules{{schedule_of("0 0 0/12 * * ?"), {}},
                                               {schedule_of("0 0 6,12 * * ?"), {}}};
  EXPECT_EQ(shown(forecast(schedules, window_of("2026-05-05T00:00:00Z", "2026-05-06T00:00:00Z", 10))),
            (ForecastTimes{"2026-05-05T06:00:00Z", "2026-05-05T12:00:00Z", "2026-05-06T00:00:00Z"}));
  EXPECT_EQ(shown(forecast(schedules, window_of("2026-05-05T00:00:00Z", "2026-05-06T00:00:00Z", 2))),
            (ForecastTimes{"2026-05-05T06:00:00Z", "2026-05-05T12:00:00Z"}));
}

TEST(Forecast, LeavesOutOrMarksWhatCalendarsExclude) {
  const std::vector<PlannedSchedule> schedules{{schedule_of("0 0 12 * * ?"), {without_weekday(7)}}};
  auto window = window_of("2026-11-27T00:00:00Z", "2026-11-30T00:00:00Z", 10);
  EXPECT_EQ(shown(forecast(schedules, window)), (ForecastTimes{"2026-11-27T12:00:00Z", "2026-11-29T12:00:00Z"}));
  window.with_excluded = true;
  EXPECT_EQ(shown(forecast(schedules, window)),
            (ForecastTimes{"2026-11-27T12:00:00Z", "2026-11-28T12:00:00Z excluded", "2026-11-29T12:00:00Z"}));
}

TEST(Forecast, AFireThatOneScheduleKeepsIsNotExcluded) {
  const std::vector<PlannedSchedule> schedules{{schedule_of("0 0 12 * * ?"), {without_weekday(7)}},
                                               {schedule_of("0 0 12 ? * SAT"), {}}};
  EXPECT_EQ(shown(forecast(schedules, window_of("2026-11-28T00:00:00Z", "2026-11-29T00:00:00Z", 10))),
            (ForecastTimes{"2026-11-28T12:00:00Z"}));
}

TEST(Forecast, EndsThoughEverythingIsExcluded) {
  Calendar always;
  always.days = Calendar::Days::daily;
  always.to_second = 86'399;
  const std::vector<PlannedSchedule> schedules{{schedule_of("* * * * * ?"), {always}}};
  EXPECT_TRUE(forecast(schedules, {0, 4'000'000'000'000, 1}).empty());
}

TEST(Schedule, IsReadInBothForms) {
  Schedule parts;
  parts.parts = Schedule::Parts{};
  parts.parts->hour = "06,07";
  parts.parts->day_of_week = "mon,fri";
  const auto read = read_schedule(parts, "Europe/Berlin");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(iso8601(*read->next(*parse_iso8601("2026-11-25T00:00:00Z"))), "2026-11-27T05:00:00Z");
}

std::string flaw_of(std::string_view crontab, std::string_view zone) {
  Job job;
  job.name = "nightly";
  job.time_zone = zone;
  job.workflow.steps.emplace_back();
  job.workflow.steps.back().action = CommandStep{"true"};
  if (!crontab.empty()) job.schedule.emplace().crontab = crontab;
  auto flaw = find_flaw(job);
  if (!flaw) flaw = find_schedule_flaw(job, *parse_iso8601("2026-11-25T00:00:00Z"));
  return flaw ? flaw->path.front() + ": " + flaw->message : "";
}

TEST(Schedule, IsARuleOfJobs) {
  EXPECT_EQ(flaw_of("0 0 2 * * ? 2026-2027", "GMT+2"), "");
  EXPECT_EQ(flaw_of("", "Europe/Berlin"), "");
  EXPECT_EQ(
      flaw_of("0 0 2 * * ? 2020-2025", ""),
      "schedule: schedule: cron expression \"0 0 2 * * ? 2020-2025\" will never fire again, as its last time is over; "
      "correct its year field or remove the schedule");
  EXPECT_EQ(
      flaw_of("0 0 2 * * *", "").find("schedule: schedule: cron expression \"0 0 2 * * *\": day of month and weekday"),
      0u);
  EXPECT_EQ(flaw_of("0 0 2 * * ?", "Mars/Olympus").find("timeZone: time zone \"Mars/Olympus\" is not known"), 0u);
  EXPECT_EQ(flaw_of("", "Mars/Olympus").find("timeZone: time zone \"Mars/Olympus\" is not known"), 0u);
}

}  // namespace
}  // namespace qd::model
