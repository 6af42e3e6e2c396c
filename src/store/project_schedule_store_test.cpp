#include "store/project_schedule_store.hpp"

#include <gmock/gmock.h>

#include "model/schedule_rules.hpp"
#include "store/calendar_store.hpp"
#include "store/job_store.hpp"
#include "store/schedule_store.hpp"
#include "store/testing/database_test_case.hpp"

namespace qd::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using AssignOutcome = ProjectScheduleStore::AssignOutcome;

class ProjectScheduleStoreTest : public testing::DatabaseTestCase {
 protected:
  void save_job(const std::string& uuid, const std::string& owner, bool on = true) {
    model::Job job;
    job.uuid = uuid;
    job.project = "p";
    job.name = uuid;
    job.schedule_enabled = on;
    JobStore jobs(*database_);
    if (jobs.update(job, "ann", owner, database_->now()) == JobStore::SaveOutcome::missing) {
      EXPECT_EQ(jobs.create(job, "ann", owner, database_->now()), JobStore::SaveOutcome::saved);
    }
  }
  model::ProjectSchedule make(const std::string& name, const std::string& crontab) {
    model::ProjectSchedule schedule;
    schedule.project = "p";
    schedule.name = name;
    schedule.schedule.crontab = crontab;
    schedule.time_zone = "UTC";
    EXPECT_EQ(ProjectScheduleStore(*database_).create(schedule), ProjectScheduleStore::SaveOutcome::saved);
    return schedule;
  }
  std::vector<ScheduleRow> rows(const std::string& job) { return ScheduleStore(*database_).of_job(job); }
  bool is_scheduled(const std::string& job) {
    return !JobStore(*database_).list({.uuids = {job}, .scheduled = true}).empty();
  }
};
QD_ON_EVERY_DATABASE(ProjectScheduleStoreTest);

TEST_P(ProjectScheduleStoreTest, AnAssignmentIsARowWithItsNextFire) {
  save_job("a", "m1");
  const auto hourly = make("hourly", "0 0 * * * ?");
  ProjectScheduleStore schedules(*database_);
  ASSERT_EQ(schedules.assign("p", hourly.id, {"a", "-x 1"}, "m2"), AssignOutcome::assigned);
  ASSERT_EQ(rows("a").size(), 1u);
  const auto row = rows("a").front();
  EXPECT_EQ(row.source, hourly.id);
  EXPECT_EQ(row.name, "hourly");
  EXPECT_EQ(row.arg_string, "-x 1");
  EXPECT_EQ(row.server_uuid, "m2");  // it had no schedule, so nobody owned one
  EXPECT_EQ(row.next, model::Timing::parse("0 0 * * * ?", "UTC")->next(database_->now()));
  EXPECT_TRUE(is_scheduled("a"));
  EXPECT_THAT(schedules.find("p", hourly.id)->jobs, ElementsAre(model::ScheduleAssignment{"a", "-x 1"}));
  EXPECT_THAT(schedules.names({hourly.id, 999}), ElementsAre(Pair(hourly.id, "hourly")));

  const auto daily = make("daily", "0 0 5 * * ?");
  ASSERT_EQ(schedules.assign("p", daily.id, {"a", ""}, "m3"), AssignOutcome::assigned);
  for (const auto& each : rows("a")) EXPECT_EQ(each.server_uuid, "m2");
}

TEST_P(ProjectScheduleStoreTest, OnlyJobsAndSchedulesThatAreThereCanBeAssigned) {
  save_job("a", "m1");
  const auto hourly = make("hourly", "0 0 * * * ?");
  ProjectScheduleStore schedules(*database_);
  EXPECT_EQ(schedules.assign("p", hourly.id, {"x", ""}, "m1"), AssignOutcome::no_job);
  EXPECT_EQ(schedules.assign("other", hourly.id, {"a", ""}, "m1"), AssignOutcome::no_schedule);
  std::string missing;
  EXPECT_EQ(schedules.assign_all("p", hourly.id, {{"a", ""}, {"x", ""}}, "m1", missing), AssignOutcome::no_job);
  EXPECT_EQ(missing, "x");
  EXPECT_THAT(rows("a"), IsEmpty());
  EXPECT_FALSE(is_scheduled("a"));
}

TEST_P(ProjectScheduleStoreTest, AChangeReachesTheJobsAndDeletionFreesThem) {
  save_job("a", "m1");
  save_job("off", "m1", false);
  auto schedule = make("s", "0 0 * * * ?");
  ProjectScheduleStore schedules(*database_);
  std::string missing;
  ASSERT_EQ(schedules.assign_all("p", schedule.id, {{"a", "-x 1"}, {"off", ""}}, "m1", missing),
            AssignOutcome::assigned);
  EXPECT_EQ(rows("off").front().next, std::nullopt);
  schedule.schedule.crontab = "0 30 5 * * ?";
  schedule.missed_policy = "all";
  ASSERT_EQ(schedules.update(schedule), ProjectScheduleStore::SaveOutcome::saved);
  const auto row = rows("a").front();
  EXPECT_EQ(row.expression, "0 30 5 * * ?");
  EXPECT_EQ(row.missed_policy, "all");
  EXPECT_EQ(row.arg_string, "-x 1");
  EXPECT_EQ(row.next, model::Timing::parse("0 30 5 * * ?", "UTC")->next(database_->now()));
  save_job("a", "m9");  // saving the job keeps the assignment and takes its ownership
  EXPECT_EQ(rows("a").front().server_uuid, "m9");
  EXPECT_TRUE(is_scheduled("a"));
  EXPECT_TRUE(schedules.remove("p", schedule.id));
  EXPECT_FALSE(schedules.remove("p", schedule.id));
  EXPECT_THAT(rows("a"), IsEmpty());
  EXPECT_FALSE(is_scheduled("a"));
}

TEST_P(ProjectScheduleStoreTest, WhatWasDueBeforeAChangeIsInTheLedger) {
  save_job("a", "m1");
  const auto schedule = make("s", "0 0 * * * ?");
  ProjectScheduleStore schedules(*database_);
  ASSERT_EQ(schedules.assign("p", schedule.id, {"a", ""}, "m1"), AssignOutcome::assigned);
  const UnixMillis due = database_->now() / 3'600'000 * 3'600'000;
  database_->execute("UPDATE schedule SET next_ms = ?", {due});
  ASSERT_TRUE(schedules.unassign("p", schedule.id, "a"));
  EXPECT_FALSE(schedules.unassign("p", schedule.id, "a"));
  const auto fires = ScheduleStore(*database_).fires({.job_uuid = "a"});
  ASSERT_EQ(fires.size(), 1u);
  EXPECT_EQ(fires.front().due, due);
  EXPECT_EQ(fires.front().state, fire::skipped);
  EXPECT_EQ(fires.front().source, schedule.id);
}

TEST_P(ProjectScheduleStoreTest, NamesAreUniqueInAProject) {
  make("s", "0 0 * * * ?");
  auto same = make("t", "0 0 * * * ?");
  same.name = "s";
  ProjectScheduleStore schedules(*database_);
  EXPECT_EQ(schedules.update(same), ProjectScheduleStore::SaveOutcome::name_taken);
  EXPECT_EQ(schedules.create(same), ProjectScheduleStore::SaveOutcome::name_taken);
  EXPECT_EQ(schedules.list("p").size(), 2u);
  EXPECT_EQ(schedules.find_by_name("p", "t")->name, "t");
}

TEST_P(ProjectScheduleStoreTest, EveryChangeOfACalendarCounts) {
  CalendarStore calendars(*database_);
  EXPECT_EQ(calendars.version(), 0);
  model::Calendar calendar;
  calendar.name = "weekend";
  calendar.project = "p";
  calendar.days = model::Calendar::Days::weekly;
  calendar.weekdays = 1u << 1 | 1u << 7;
  calendar.uses = {{"a", "job"}};
  ASSERT_EQ(calendars.save(calendar), CalendarStore::SaveOutcome::saved);
  EXPECT_EQ(calendars.version(), 1);
  EXPECT_EQ(calendars.find(calendar.id), calendar);
  calendar.enabled = false;
  ASSERT_EQ(calendars.save(calendar), CalendarStore::SaveOutcome::saved);
  EXPECT_THAT(calendars.list("p"), ElementsAre(calendar));
  auto other = calendar;
  other.id = 0;
  EXPECT_EQ(calendars.save(other), CalendarStore::SaveOutcome::name_taken);
  EXPECT_EQ(other.id, 0);
  EXPECT_EQ(calendars.version(), 2);
  EXPECT_FALSE(calendars.remove("q", calendar.id));
  EXPECT_TRUE(calendars.remove("p", calendar.id));
  EXPECT_EQ(calendars.version(), 3);
  EXPECT_THAT(calendars.all(), IsEmpty());
}

}  // namespace
}  // namespace qd::store
