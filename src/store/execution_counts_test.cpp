#include "store/execution_counts.hpp"

#include <gtest/gtest.h>

#include "store/execution_store.hpp"
#include "store/testing/database_test_case.hpp"

namespace qd::store {
namespace {

constexpr std::int64_t remember_from = 3;
constexpr int many = 1200;  // more than stay uncounted for being new

// Two members on one database: each remembers for itself.
class ExecutionCountsTest : public testing::DatabaseTestCase {
 protected:
  void SetUp() override {
    DatabaseTestCase::SetUp();
    here_ = std::make_unique<ExecutionStore>(*database_, remember_from);
    there_ = std::make_unique<ExecutionStore>(*database_, remember_from);
    database_->transact([&](Session& session) {
      for (int i = 0; i < many; ++i) ids_.push_back(ExecutionStore::create(session, run_of(i)));
    });
  }
  static model::Execution run_of(int i) {
    model::Execution execution;
    execution.uuid = "u" + std::to_string(i);
    execution.project = "ops";
    execution.status = model::status::running;
    execution.started = 1000 + i;  // long ago
    execution.server_uuid = "m";
    execution.incarnation = 1;
    return execution;
  }
  void finish(model::ExecutionId id, const std::string& as) {
    ASSERT_TRUE(here_->finish(id, "m", 1, {.status = as, .ended = 5000}));
  }
  static std::int64_t total(ExecutionStore& store, const std::string& status = {}) {
    ExecutionQuery query{.project = "ops", .max = 1};
    if (!status.empty()) query.statuses = {status};
    return store.query(query).total;
  }
  void expect_total(std::int64_t expected, const std::string& status = {}) {
    EXPECT_EQ(total(*here_, status), expected) << status;
    EXPECT_EQ(total(*there_, status), expected) << status;
    EXPECT_EQ(total(*here_, status), expected) << status << ", as remembered";
  }

  std::unique_ptr<ExecutionStore> here_, there_;
  std::vector<model::ExecutionId> ids_;
};
QD_ON_EVERY_DATABASE(ExecutionCountsTest);

TEST_P(ExecutionCountsTest, AddsWhatIsNew) {
  for (const auto id : ids_) finish(id, "succeeded");
  expect_total(many);
  here_->create(run_of(many));
  expect_total(many + 1);
}

TEST_P(ExecutionCountsTest, CountsWhatEndsLaterByItsOutcome) {
  for (std::size_t i = 2; i < ids_.size(); ++i) finish(ids_[i], "succeeded");
  expect_total(many - 2, "succeeded");
  expect_total(many);
  finish(ids_[0], "succeeded");
  finish(ids_[1], "failed");
  expect_total(many - 1, "succeeded");
  expect_total(1, "failed");
  expect_total(many);
}

TEST_P(ExecutionCountsTest, ForgetsWhatAnyMemberRemoved) {
  for (const auto id : ids_) finish(id, "succeeded");
  expect_total(many);
  EXPECT_TRUE(there_->remove(ids_[5]));
  EXPECT_TRUE(here_->remove(ids_[6]));
  expect_total(many - 2);
  expect_total(many - 2, "succeeded");
}

TEST_P(ExecutionCountsTest, DoesNotCountTheOldAgain) {
  for (const auto id : ids_) finish(id, "succeeded");
  EXPECT_EQ(total(*here_), many);
  // By hand, behind everybody's back: only a count of all rows would see it.
  database_->execute("DELETE FROM execution WHERE id = ?", {ids_[5]});
  EXPECT_EQ(total(*here_), many);
  EXPECT_EQ(total(*there_), many - 1);
}

}  // namespace
}  // namespace qd::store
