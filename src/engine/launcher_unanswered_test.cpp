#include <gtest/gtest.h>
#include <utility>

#include "engine/engine_fixture_testing.hpp"
#include "engine/launcher.hpp"

namespace qd::engine {
namespace {

// Loses the answer to a statement or transaction that writes, after it was done; once for each arm().
class UnansweredDatabase final : public store::Database {
 public:
  explicit UnansweredDatabase(std::unique_ptr<store::Database> behind) : behind_(std::move(behind)) {}
  void arm() { armed_ = true; }
  bool armed() const { return armed_; }
  store::Dialect dialect() const override { return behind_->dialect(); }
  PoolStats pool_stats() const override { return behind_->pool_stats(); }
  void transact(const std::function<void(store::Session&)>& use) override {
    behind_->transact(use);
    lose();
  }
  void run(const std::function<void(store::Session&)>& use, bool read_only) override {
    behind_->run(use, read_only);
    if (!read_only) lose();
  }

 private:
  void lose() {
    if (armed_.exchange(false)) throw store::DatabaseError("cut after the commit", true);
  }
  std::unique_ptr<store::Database> behind_;
  std::atomic<bool> armed_{false};
};

class UnansweredTest : public EngineTest {
 protected:
  UnansweredDatabase* flaky = wrap_database<UnansweredDatabase>();
};

TEST_F(UnansweredTest, WhatItsCallerWasToldHadFailedIsClosed) {
  open();
  flaky->arm();
  EXPECT_THROW((void)launcher->launch(request_for(job_of("j", {command("echo ran")}))), store::DatabaseError);
  const auto written = executions->query({}).executions;
  ASSERT_EQ(written.size(), 1u);
  const auto row = wait_for_status(written[0].id, "incomplete");
  EXPECT_EQ(row.log_size, 0);
  EXPECT_EQ(launcher->running(), 0u);
  EXPECT_NE(row.abort_reason.find("did not answer"), std::string::npos) << row.abort_reason;
}

TEST_F(UnansweredTest, WhatWasTakenFromTheQueueRunsAllTheSame) {
  const auto job = job_of("j", {command("echo ran")});
  save(job);
  open();
  model::Execution waiting;
  waiting.uuid = "waiting-1";
  waiting.project = "p";
  waiting.job_uuid = job.uuid;
  waiting.user = "u";
  waiting.status = "queued";
  waiting.scheduled_for = clock.now();
  waiting.server_uuid = "member-1";
  waiting.log_path = "waiting-1.rdlog";
  const auto id = executions->create(waiting);
  flaky->arm();
  launcher->look_now();
  const auto row = wait_for_status(id, "succeeded");
  EXPECT_FALSE(flaky->armed());
  EXPECT_EQ(row.status, "succeeded");
  EXPECT_EQ(output(row), "ran\n");
}

}  // namespace
}  // namespace qd::engine
