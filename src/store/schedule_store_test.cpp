#include "store/schedule_store.hpp"

#include <atomic>
#include <gmock/gmock.h>
#include <thread>

#include "store/execution_store.hpp"
#include "store/job_store.hpp"
#include "store/testing/database_test_case.hpp"

namespace qd::store {
namespace {

using ::testing::ElementsAre;

constexpr UnixMillis kMinute = 60'000;
constexpr UnixMillis kStart = 1'800'000'000'000;  // a whole minute

class ScheduleStoreTest : public testing::DatabaseTestCase {
 protected:
  static model::Job job_every(const std::string& uuid, const std::string& crontab) {
    model::Job job;
    job.uuid = uuid;
    job.project = "p";
    job.name = "job " + uuid;
    job.schedule.emplace();
    job.schedule->crontab = crontab;
    job.time_zone = "UTC";
    return job;
  }
  void save(const model::Job& job, const std::string& owner, UnixMillis now) {
    JobStore jobs(*database_);
    if (jobs.update(job, "ann", owner, now) == JobStore::SaveOutcome::missing) {
      EXPECT_EQ(jobs.create(job, "ann", owner, now), JobStore::SaveOutcome::saved);
    }
  }
  ScheduleRow only(const std::string& uuid) {
    const auto rows = ScheduleStore(*database_).of_job(uuid);
    EXPECT_EQ(rows.size(), 1u);
    return rows.empty() ? ScheduleRow{} : rows.front();
  }
};
QD_ON_EVERY_DATABASE(ScheduleStoreTest);

TEST_P(ScheduleStoreTest, ASavedJobIsDueAtItsNextFire) {
  ScheduleStore schedules(*database_);
  save(job_every("a", "0 * * * * ?"), "m1", kStart + 1);
  save(job_every("b", "0 0 * * * ?"), "m1", kStart + 1);
  save(job_every("c", "0 * * * * ?"), "m2", kStart + 1);
  EXPECT_EQ(only("a").next, kStart + kMinute);
  EXPECT_EQ(schedules.next_due("m1"), kStart + kMinute);
  EXPECT_EQ(schedules.next_due("m3"), std::nullopt);
  EXPECT_TRUE(schedules.due("m1", kStart + kMinute - 1, 10).empty());
  const auto due = schedules.due("m1", kStart + kMinute, 10);
  ASSERT_EQ(due.size(), 1u);
  EXPECT_EQ(due.front().job_uuid, "a");
  EXPECT_EQ(due.front().job_revision, 1);
  EXPECT_THAT(schedules.count_by_owner(), ElementsAre(std::pair("m1", 2), std::pair("m2", 1)));
}

TEST_P(ScheduleStoreTest, SavingAJobKeepsAFireThatIsDueNow) {
  auto job = job_every("a", "0 * * * * ?");
  save(job, "m1", kStart);
  job.description = "changed";
  save(job, "m2", kStart + 3 * kMinute);
  EXPECT_EQ(only("a").next, kStart + kMinute);
  EXPECT_EQ(only("a").server_uuid, "m2");
  EXPECT_TRUE(ScheduleStore(*database_).fires({.job_uuid = "a"}).empty());
}

TEST_P(ScheduleStoreTest, AChangedScheduleSettlesWhatWasDueBefore) {
  ScheduleStore schedules(*database_);
  auto job = job_every("a", "0 * * * * ?");
  save(job, "m1", kStart);
  job.schedule->crontab = "30 * * * * ?";
  save(job, "m1", kStart + 3 * kMinute + 1);
  EXPECT_EQ(only("a").next, kStart + 3 * kMinute + 30'000);
  const auto fires = schedules.fires({.job_uuid = "a"});
  ASSERT_EQ(fires.size(), 1u);
  EXPECT_EQ(fires.front().state, fire::skipped);
  EXPECT_EQ(fires.front().due, kStart + kMinute);
  EXPECT_EQ(fires.front().fires, 3);
}

TEST_P(ScheduleStoreTest, TogglesTakeTheNextFireAwayAndGiveItBack) {
  JobStore jobs(*database_);
  save(job_every("a", "0 * * * * ?"), "m1", kStart);
  EXPECT_TRUE(jobs.set_enabled("a", std::nullopt, false, kStart + 1));
  EXPECT_EQ(only("a").next, std::nullopt);
  EXPECT_TRUE(jobs.set_enabled("a", false, true, kStart + 2));
  EXPECT_EQ(only("a").next, std::nullopt);
  EXPECT_TRUE(jobs.set_enabled("a", true, std::nullopt, kStart + 5 * kMinute));
  EXPECT_EQ(only("a").next, kStart + 6 * kMinute);
  auto job = job_every("a", "");
  job.schedule.reset();
  save(job, "m1", kStart + 5 * kMinute);
  EXPECT_TRUE(ScheduleStore(*database_).of_job("a").empty());
}

TEST_P(ScheduleStoreTest, ADeletedJobHasNoSchedule) {
  save(job_every("a", "0 * * * * ?"), "m1", kStart);
  EXPECT_TRUE(JobStore(*database_).remove("a"));
  EXPECT_TRUE(ScheduleStore(*database_).of_job("a").empty());
}

TEST_P(ScheduleStoreTest, AFireIsClaimedOnceUnderARace) {
  std::atomic<int> claims = 0;
  {
    std::vector<std::jthread> members;
    for (int member = 0; member < 4; ++member) {
      members.emplace_back([&, member] {
        for (UnixMillis due = 0; due < 25; ++due) {
          database_->transact([&](Session& session) {
            FireRow row;
            row.job_uuid = "a";
            row.project = "p";
            row.due = due;
            row.by = {"m" + std::to_string(member), 1};
            if (ScheduleStore::claim(session, row)) ++claims;
          });
        }
      });
    }
  }
  EXPECT_EQ(claims, 25);
  EXPECT_EQ(ScheduleStore(*database_).fires({.job_uuid = "a"}).size(), 25u);
}

TEST_P(ScheduleStoreTest, AdvancesOnlyFromTheFireThatWasSettled) {
  save(job_every("a", "0 * * * * ?"), "m1", kStart);
  const auto row = only("a");
  database_->transact([&](Session& session) {
    EXPECT_TRUE(ScheduleStore::advance(session, row.id, *row.next, *row.next + kMinute));
    EXPECT_FALSE(ScheduleStore::advance(session, row.id, *row.next, *row.next + 9 * kMinute));
  });
  EXPECT_EQ(only("a").next, *row.next + kMinute);
  EXPECT_EQ(only("a").last, *row.next);
}

TEST_P(ScheduleStoreTest, TakeoverMovesSetsOfSchedulesAndIsIdempotent) {
  ScheduleStore schedules(*database_);
  for (const char* uuid : {"a", "b", "c", "d"})
    save(job_every(uuid, "0 * * * * ?"), std::string(uuid) < "c" ? "m1" : "m2", kStart);
  const auto taken = schedules.take_over({.from_server = "m1", .project = "", .jobs = {}}, "m3", 100);
  EXPECT_EQ(taken.total, 2);
  ASSERT_EQ(taken.jobs.size(), 2u);
  EXPECT_EQ(taken.jobs.front().uuid, "a");
  EXPECT_EQ(taken.jobs.front().previous_owner, "m1");
  EXPECT_EQ(JobStore(*database_).list({.uuids = {"a"}}).at(0).server_uuid, "m3");
  EXPECT_EQ(JobStore(*database_).list({.uuids = {"c"}}).at(0).server_uuid, "m2");
  EXPECT_EQ(JobStore(*database_).list({.server_uuid = "m3"}).size(), 2u);
  JobStore(*database_).set_enabled("a", std::nullopt, false, kStart);
  EXPECT_EQ(only("a").server_uuid, "m3");
  EXPECT_EQ(schedules.take_over({.from_server = "m1", .project = "", .jobs = {}}, "m3", 100).total, 0);
  EXPECT_EQ(schedules.take_over({.from_server = {}, .project = "other", .jobs = {}}, "m1", 100).total, 0);
  EXPECT_EQ(schedules.take_over({.from_server = {}, .project = "p", .jobs = {"c", "x"}}, "m1", 100).total, 1);
  EXPECT_EQ(schedules.take_over({.from_server = {}, .project = "", .jobs = {}}, "m1", 1).total, 3);
  EXPECT_EQ(schedules.count("m1"), 4);
}

TEST_P(ScheduleStoreTest, FiresAreFoundLatestFirstAndPruned) {
  ScheduleStore schedules(*database_);
  database_->transact([&](Session& session) {
    for (UnixMillis due = 1; due <= 5; ++due) {
      FireRow row;
      row.job_uuid = "a";
      row.project = "p";
      row.due = due;
      row.state = due == 3 ? fire::missed : fire::fired;
      row.reason = due == 3 ? "nobody was there" : "";
      row.execution = due == 3 ? std::nullopt : std::optional<std::int64_t>(due * 10);
      ScheduleStore::claim(session, row);
    }
  });
  const auto all = schedules.fires({.project = "p", .max = 3});
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all.front().due, 5);
  EXPECT_EQ(all.front().execution, 50);
  const auto missed = schedules.fires({.state = fire::missed});
  ASSERT_EQ(missed.size(), 1u);
  EXPECT_EQ(missed.front().reason, "nobody was there");
  EXPECT_EQ(missed.front().execution, std::nullopt);
  EXPECT_EQ(schedules.prune(4, 2), 2);
  EXPECT_EQ(schedules.prune(4, 100), 1);
  EXPECT_EQ(schedules.fires({}).size(), 2u);
}

TEST_P(ScheduleStoreTest, AQueuedExecutionStartsWithinItsJobsLimit) {
  ExecutionStore executions(*database_);
  const auto queued = [&](const std::string& server) {
    model::Execution execution;
    execution.project = "p";
    execution.job_uuid = "a";
    execution.status = model::status::queued;
    execution.scheduled_for = kStart;
    execution.server_uuid = server;
    return executions.create(execution);
  };
  const auto first = queued("");
  const auto second = queued("m1");
  EXPECT_EQ(executions.queued("m1", 10).size(), 2u);
  EXPECT_EQ(executions.queued("m2", 10).size(), 1u);
  const auto of_m1 = executions.queued("m1", 10, {.for_any = false});
  ASSERT_EQ(of_m1.size(), 1u);
  EXPECT_EQ(of_m1[0].id, second);
  EXPECT_TRUE(executions.queued("m1", 10, {.without_jobs = {of_m1[0].job_uuid, "other"}}).empty());
  EXPECT_TRUE(executions.start_within_limit(first, kStart, "m2", 1, 1));
  EXPECT_FALSE(executions.start_within_limit(first, kStart, "m1", 1, 1));
  EXPECT_FALSE(executions.start_within_limit(second, kStart, "m1", 1, 1));
  EXPECT_TRUE(executions.start_within_limit(second, kStart, "m1", 1, 2));
  const auto third = queued("m1");
  EXPECT_FALSE(executions.reassign(third, "m2", "m3"));
  EXPECT_TRUE(executions.reassign(third, "m1", "m3"));
  EXPECT_FALSE(executions.reassign(first, "m2", "m3"));  // it runs
  ASSERT_TRUE(executions.finish(first, "m2", 1, {.status = "succeeded", .ended = kStart + 1}));
  EXPECT_TRUE(executions.start_within_limit(third, kStart, "m3", 1, 2));
}

}  // namespace
}  // namespace qd::store
