#include "schedule/scheduler.hpp"

#include <filesystem>
#include <gmock/gmock.h>
#include <set>
#include <utility>

#include "base/id.hpp"
#include "store/execution_store.hpp"
#include "store/job_store.hpp"

namespace qd::schedule {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr UnixMillis kSecond = 1'000;

std::string states(const Settlement& settlement) {
  std::string text;
  for (const auto& fire : settlement.fires) {
    text += fire.state + (fire.runs ? "!" : "") + (fire.fires > 1 ? "x" + std::to_string(fire.fires) : "") + " ";
  }
  return text;
}
std::int64_t counted(const Settlement& settlement) {
  std::int64_t sum = 0;
  for (const auto& fire : settlement.fires) sum += fire.fires;
  return sum;
}

class SettleTest : public ::testing::Test {
 protected:
  const model::Timing timing = *model::Timing::parse("* * * * * ?", "UTC");  // every second
  const Rules rules{.on_time = Millis{1'000}, .missed_after = Millis{3'000}, .max_missed_rows = 2, .max_runs = 4};
  Settlement after(UnixMillis seconds, const std::string& policy) {
    return settle(100 * kSecond, (100 + seconds) * kSecond, timing, policy, rules);
  }
};

TEST_F(SettleTest, AFireInTimeRuns) {
  EXPECT_EQ(states(after(0, "skip")), "fired! ");
  EXPECT_EQ(after(0, "skip").next, 101 * kSecond);
}
TEST_F(SettleTest, FiresWithinTheThresholdRunLate) {
  EXPECT_EQ(states(after(3, "skip")), "late! late! fired! fired! ");
}
TEST_F(SettleTest, OlderOnesAreMissedOneByOneThenCounted) {
  EXPECT_EQ(states(after(10, "skip")), "missed missed missedx5 late! late! fired! fired! ");
  EXPECT_EQ(counted(after(10, "skip")), 11);
  EXPECT_EQ(counted(after(100'000, "skip")), 100'001);
}
TEST_F(SettleTest, PolicyAllRunsThemUpToALimit) {
  EXPECT_EQ(states(after(10, "all")), "late! late! late! late! missedx3 late! late! fired! fired! ");
}
TEST_F(SettleTest, PolicyOnceRunsTheLatest) {
  const auto hourly = *model::Timing::parse("0 0 * * * ?", "UTC");
  const UnixMillis hour = 3'600'000;
  EXPECT_EQ(states(settle(hour, hour + 10 * kSecond, hourly, "once", rules)), "late! ");
  EXPECT_EQ(states(settle(hour, 2 * hour + 10 * kSecond, hourly, "once", rules)), "missed late! ");
  const auto many = settle(hour, 9 * hour + 10 * kSecond, hourly, "once", rules);
  EXPECT_EQ(states(many), "missed missed missedx6 late! ");
  EXPECT_EQ(many.fires.back().due, 9 * hour);
  EXPECT_EQ(counted(many), 9);
  std::set<UnixMillis> dues;
  for (const auto& fire : many.fires) EXPECT_TRUE(dues.insert(fire.due).second);
  EXPECT_EQ(states(after(10, "once")), "missed missed missedx5 late! late! fired! fired! ");
}

// A starter that writes bare executions.
class PlainStarter final : public FireStarter {
 public:
  struct Fire final : PreparedFire {
    Fire(PlainStarter& owner, std::string job) : starter(owner), job_uuid(std::move(job)) {}
    std::optional<std::int64_t> insert(store::Session& session, UnixMillis now) override {
      model::Execution execution;
      execution.project = "p";
      execution.job_uuid = job_uuid;
      execution.started = now;
      execution.server_uuid = starter.server;
      return store::ExecutionStore::create_within_limit(session, execution, starter.limit);
    }
    void start() override { ++starter.started; }
    PlainStarter& starter;
    std::string job_uuid;
  };
  Answer prepare(const store::ScheduleRow& schedule, UnixMillis, UnixMillis) override {
    if (no_room) return {nullptr, "full", true};
    if (!refusal.empty()) return {nullptr, refusal, false};
    return {std::make_unique<Fire>(*this, schedule.job_uuid), "", false};
  }
  std::optional<std::int64_t> insert_missed(store::Session&, const store::ScheduleRow&,
                                            const store::FireRow&) override {
    return std::nullopt;
  }
  std::string excluded(const store::ScheduleRow&, UnixMillis) override { return calendar; }

  std::string server = "m1", refusal, calendar;
  std::int64_t limit = 100;
  bool no_room = false;
  int started = 0;
};

// Loses the answer to the next commit, or the whole transaction.
class FlakyDatabase final : public store::Database {
 public:
  explicit FlakyDatabase(store::Database& behind) : behind_(behind) {}
  store::Dialect dialect() const override { return behind_.dialect(); }
  void run(const std::function<void(store::Session&)>& use, bool read_only) override {
    ++runs;
    behind_.run(use, read_only);
  }
  PoolStats pool_stats() const override { return behind_.pool_stats(); }
  void transact(const std::function<void(store::Session&)>& use) override {
    const auto loses = std::exchange(next, Loses::nothing);
    behind_.transact([&](store::Session& session) {
      use(session);
      if (loses == Loses::transaction) throw store::DatabaseError("cut before the commit", true);
    });
    if (loses == Loses::answer) throw store::DatabaseError("cut after the commit", true);
  }
  enum class Loses { nothing, answer, transaction } next = Loses::nothing;
  int runs = 0;  // statements outside of transactions, and looks at the clock

 private:
  store::Database& behind_;
};

class SchedulerTest : public ::testing::Test {
 protected:
  SchedulerTest() : folder(std::filesystem::temp_directory_path() / ("qd-schedule-" + base::new_uuid())) {
    std::filesystem::create_directories(folder);
    store::DatabaseConfig config;
    config.default_sqlite_path = (folder / "qd.db").string();
    database = std::move(*store::Database::open(config));
    add_member("m1");
  }
  ~SchedulerTest() override {
    database.reset();
    std::filesystem::remove_all(folder);
  }
  void add_member(const std::string& uuid) {
    database->execute(
        "INSERT INTO member (uuid, incarnation, state, name, host, url, tags, version, started_ms, beat_ms, mode, "
        "requested_mode, requested_by, lock_boot, certificate, vitals) VALUES (?, 1, 'live', '', '', '', '', '', 0, 0, "
        "'active', '', '', '', '', '')",
        {uuid});
  }
  // Saved `age` ago, so that fires of the meantime are due.
  void add_job(const std::string& uuid, UnixMillis age, const std::string& crontab = "* * * * * ?") {
    model::Job job;
    job.uuid = uuid;
    job.project = "p";
    job.name = uuid;
    job.schedule.emplace();
    job.schedule->crontab = crontab;
    store::JobStore(*database).create(job, "ann", "m1", database->now() - age);
  }
  std::vector<store::FireRow> fires() { return store::ScheduleStore(*database).fires({.max = 1000}); }

  std::filesystem::path folder;
  std::unique_ptr<store::Database> database;
  PlainStarter starter;
  model::OwnIncarnation self{"m1", 1};
};

TEST_F(SchedulerTest, ClaimsWhatIsDueAndAdvances) {
  add_job("a", 5 * kSecond);
  Scheduler scheduler(*database, starter, self, {});
  const auto tick = scheduler.tick(false);
  EXPECT_GE(tick.claimed, 5u);
  EXPECT_EQ(starter.started, static_cast<int>(tick.claimed));
  ASSERT_TRUE(tick.next);
  EXPECT_GT(*tick.next, tick.now);
  for (const auto& fire : fires()) {
    EXPECT_EQ(fire.by, (model::Incarnation{"m1", 1}));
    EXPECT_TRUE(fire.execution);
  }
}

TEST_F(SchedulerTest, AFenceStopsEveryClaim) {
  add_job("a", 5 * kSecond);
  database->execute("UPDATE member SET state = 'dead'");
  Scheduler scheduler(*database, starter, self, {});
  EXPECT_TRUE(scheduler.tick(false).fenced);
  EXPECT_TRUE(fires().empty());
  EXPECT_EQ(starter.started, 0);
}

TEST_F(SchedulerTest, SaysWhyNothingRan) {
  add_job("a", 2 * kSecond);
  Scheduler scheduler(*database, starter, self, {});
  scheduler.tick(true);
  EXPECT_THAT(fires().front().reason, HasSubstr("passive mode"));
  EXPECT_EQ(fires().front().state, store::fire::skipped);
  starter.refusal = "disabled: the project's schedules are off";
  add_job("b", 2 * kSecond);
  scheduler.tick(false);
  const auto refused = store::ScheduleStore(*database).fires({.job_uuid = "b"});
  ASSERT_FALSE(refused.empty());
  EXPECT_EQ(refused.front().state, store::fire::skipped);
  EXPECT_EQ(refused.front().reason, starter.refusal);
  starter.refusal.clear();
  starter.calendar = "calendar holidays excludes this day";
  add_job("c", 2 * kSecond);
  scheduler.tick(false);
  EXPECT_EQ(store::ScheduleStore(*database).fires({.job_uuid = "c"}).front().reason, starter.calendar);
  EXPECT_EQ(starter.started, 0);
}

TEST_F(SchedulerTest, TheLimitOfRunningExecutionsSkipsTheRest) {
  starter.limit = 1;
  add_job("a", 5 * kSecond);
  Scheduler(*database, starter, self, {}).tick(false);
  EXPECT_EQ(starter.started, 1);
  EXPECT_THAT(fires().front().reason, HasSubstr("concurrency limit"));
}

TEST_F(SchedulerTest, WithoutRoomTheFireStaysDue) {
  starter.no_room = true;
  add_job("a", 2 * kSecond);
  Scheduler scheduler(*database, starter, self, {});
  EXPECT_TRUE(scheduler.tick(false).no_room);
  EXPECT_TRUE(fires().empty());
  starter.no_room = false;
  EXPECT_GE(scheduler.tick(false).claimed, 2u);
}

TEST_F(SchedulerTest, AFireThatAnotherMemberHasIsNotRunAgain) {
  add_job("a", 3 * kSecond);
  const auto row = store::ScheduleStore(*database).of_job("a").front();
  database->transact([&](store::Session& session) {
    store::FireRow fire;
    fire.job_uuid = "a";
    fire.project = "p";
    fire.due = *row.next;
    fire.by = {"m2", 1};
    ASSERT_TRUE(store::ScheduleStore::claim(session, fire));
  });
  Scheduler(*database, starter, self, {}).tick(false);
  EXPECT_EQ(fires().back().by.uuid, "m2");
  EXPECT_EQ(starter.started + 1, static_cast<int>(fires().size()));
  EXPECT_EQ(store::ExecutionStore(*database).query({}).total, starter.started);
}

TEST_F(SchedulerTest, ACommitWhoseAnswerWasLostIsRunOnce) {
  add_job("a", 2 * kSecond, "0/30 * * * * ?");
  add_job("b", 40 * kSecond, "0/30 * * * * ?");
  FlakyDatabase flaky(*database);
  Scheduler scheduler(flaky, starter, self, {});
  flaky.next = FlakyDatabase::Loses::answer;
  EXPECT_THROW(scheduler.tick(false), store::DatabaseError);
  EXPECT_EQ(starter.started, 0);
  scheduler.tick(false);
  scheduler.tick(false);
  EXPECT_GT(starter.started, 0);
  EXPECT_EQ(starter.started, static_cast<int>(fires().size()));
}

TEST_F(SchedulerTest, ATransactionThatWasLostIsClaimedAnew) {
  add_job("a", 40 * kSecond, "0/30 * * * * ?");
  FlakyDatabase flaky(*database);
  Scheduler scheduler(flaky, starter, self, {});
  flaky.next = FlakyDatabase::Loses::transaction;
  EXPECT_THROW(scheduler.tick(false), store::DatabaseError);
  EXPECT_TRUE(fires().empty());
  scheduler.tick(false);
  EXPECT_EQ(starter.started, static_cast<int>(fires().size()));
  EXPECT_EQ(store::ExecutionStore(*database).query({}).total, starter.started);
}

TEST_F(SchedulerTest, ACommitOfALifeThatIsOverIsNotRun) {
  add_job("a", 40 * kSecond, "0/30 * * * * ?");
  FlakyDatabase flaky(*database);
  Scheduler scheduler(flaky, starter, self, {});
  flaky.next = FlakyDatabase::Loses::answer;
  EXPECT_THROW(scheduler.tick(false), store::DatabaseError);
  self.set(2);
  scheduler.tick(false);
  EXPECT_EQ(starter.started, 0);
}

TEST_F(SchedulerTest, ATickWithNothingDueAsksForTheNextFireOnly) {
  FlakyDatabase counted(*database);
  Scheduler scheduler(counted, starter, self, {});
  add_job("j", 0, "0 0 0 1 1 ? 2099");
  scheduler.tick(false);
  counted.runs = 0;
  const auto tick = scheduler.tick(false);
  EXPECT_EQ(tick.claimed, 0u);
  EXPECT_GT(*tick.next, tick.now);
  EXPECT_EQ(counted.runs, 2);  // the clock, and the next fire
}

}  // namespace
}  // namespace qd::schedule
