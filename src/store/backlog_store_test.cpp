#include "store/backlog_store.hpp"

#include "model/execution.hpp"
#include "store/execution_store.hpp"
#include "store/testing/database_test_case.hpp"

namespace qd::store {
namespace {

class BacklogStoreTest : public testing::DatabaseTestCase {
 protected:
  void add_schedule(const std::string& job, const std::string& owner, std::optional<UnixMillis> next) {
    database_->execute(
        "INSERT INTO schedule (job_uuid, source, project, name, expression, zone, arg_string, missed_policy, "
        "server_uuid, next_ms) VALUES (?, 0, 'p', '', '', '', '', 'skip', ?, ?)",
        {job, owner, next ? Value(*next) : Value(nullptr)});
  }
  void add_execution(const std::string& status, const std::string& member, UnixMillis at) {
    model::Execution execution;
    execution.uuid = "u" + std::to_string(++last_);
    execution.project = "p";
    execution.status = status;
    execution.server_uuid = member;
    if (status == model::status::running)
      execution.started = at;
    else
      execution.scheduled_for = at;
    ExecutionStore(*database_).create(execution);
  }
  void add_log(std::int64_t execution, const std::string& state, UnixMillis created, std::int64_t attempts) {
    database_->execute(
        "INSERT INTO log_storage (execution_id, project, server_uuid, provider, store_key, state, types, stored_bytes, "
        "part_list, part_bytes, part_ms, attempts, due_ms, claimed_ms, claimed_by, created_ms, problem) "
        "VALUES (?, 'p', 'm', '', '', ?, '', 0, '', 0, 0, ?, 0, 0, '', ?, '')",
        {execution, state, attempts, created});
  }

  int last_ = 0;
};
QD_ON_EVERY_DATABASE(BacklogStoreTest);

TEST_P(BacklogStoreTest, IsNothingAtFirst) {
  const auto backlog = BacklogStore(*database_).read();
  EXPECT_GT(backlog.now, 0);
  EXPECT_TRUE(backlog.schedules.empty());
  EXPECT_EQ(backlog.running + backlog.waiting_for_time + backlog.logs_failing, 0);
  for (const auto& pile :
       {backlog.queued_for_member, backlog.queued_for_anyone, backlog.notifications, backlog.messages, backlog.logs}) {
    EXPECT_EQ(pile.count, 0);
    EXPECT_EQ(pile.oldest, Millis{0});
  }
}

TEST_P(BacklogStoreTest, CountsWhatWaits) {
  const auto now = database_->now();
  add_schedule("a", "m1", now - 5'000);
  add_schedule("b", "m1", now + 500'000);
  add_schedule("c", "m2", now + 500'000);
  add_schedule("d", "m2", std::nullopt);
  add_execution(model::status::running, "m1", now);
  add_execution(model::status::scheduled, "m1", now + 500'000);
  add_execution(model::status::queued, "m1", now - 3'000);
  add_execution(model::status::queued, "", now - 9'000);
  add_execution(model::status::queued, "", now - 8'000);
  add_log(1, "queued", now - 60'000, 2);
  add_log(2, "queued", now, 0);
  add_log(3, "stored", now - 90'000, 0);
  const auto backlog = BacklogStore(*database_).read();
  EXPECT_EQ(backlog.schedules.at("m1").owned, 2);
  EXPECT_EQ(backlog.schedules.at("m1").due, 1);
  EXPECT_GE(backlog.schedules.at("m1").overdue, Millis{5'000});
  EXPECT_EQ(backlog.schedules.at("m2").owned, 1);
  EXPECT_EQ(backlog.schedules.at("m2").overdue, Millis{0});
  EXPECT_EQ(backlog.running, 1);
  EXPECT_EQ(backlog.waiting_for_time, 1);
  EXPECT_EQ(backlog.queued_for_member.count, 1);
  EXPECT_EQ(backlog.queued_for_anyone.count, 2);
  EXPECT_GE(backlog.queued_for_anyone.oldest, Millis{9'000});
  EXPECT_EQ(backlog.logs.count, 2);
  EXPECT_GE(backlog.logs.oldest, Millis{60'000});
  EXPECT_EQ(backlog.logs_failing, 1);
}

}  // namespace
}  // namespace qd::store
