#include "notify/notifier.hpp"

#include <gmock/gmock.h>

#include "base/guarded.hpp"
#include "store/testing/database_test_case.hpp"

namespace qd::notify {
namespace {

using End = Attempt::End;

class NotifierTest : public ::testing::Test {
 protected:
  NotifierTest() : database_(store::testing::open_or_fail(store::testing::fresh_database(store::Dialect::sqlite))) {
    // A member that lives: nobody else takes what it has leased.
    database_->execute(
        "INSERT INTO member (uuid, incarnation, state, name, host, url, tags, version, started_ms, beat_ms, mode, "
        "requested_mode, requested_by, lock_boot, certificate, vitals) VALUES ('m1', 1, 'live', '', '', '', '', '', 0, "
        "0, 'active', '', '', '', '', '')");
    config_.first_pause = Millis{1};
    config_.longest_pause = Millis{2};
    config_.look_every = Millis{5};
  }

  void write(const std::string& target) {
    store::Delivery delivery;
    delivery.execution = 1;
    delivery.kind = "webhook";
    delivery.target = target;
    delivery.content = "{}";
    delivery.member = "m1";
    database_->transact([&](store::Session& session) { store::DeliveryStore::insert(session, {delivery}); });
  }

  store::Delivery wait_for_end(std::size_t index) {
    store::DeliveryStore deliveries(*database_);
    for (;;) {
      const auto all = deliveries.of_execution(1);
      if (all.at(index).state != "waiting") return all[index];
      std::this_thread::yield();
    }
  }

  std::unique_ptr<store::Database> database_;
  model::OwnIncarnation self_{"m1", 1};
  NotifierConfig config_;
};

TEST_F(NotifierTest, TriesAgainUntilItIsSent) {
  base::Guarded<int> tries;
  Notifier notifier(
      *database_, self_,
      [&](const store::Delivery&, const auto&) {
        const int number = tries.with([](int& count) { return ++count; });
        return number < 3 ? Attempt{End::later, "busy"} : Attempt{End::sent, "200"};
      },
      config_);
  write("a");
  notifier.start();
  const auto ended = wait_for_end(0);
  notifier.stop();
  EXPECT_EQ(ended.state, "sent");
  EXPECT_EQ(ended.attempts, 3);
  EXPECT_EQ(ended.outcome, "200");
}

TEST_F(NotifierTest, GivesUpAtOnceOrWhenItsTimeIsOver) {
  config_.give_up_after = Millis{2'000};  // a few attempts, on a busy machine too
  Notifier notifier(
      *database_, self_,
      [](const store::Delivery& delivery, const auto&) {
        return delivery.target == "never" ? Attempt{End::never, "no"} : Attempt{End::later, "busy"};
      },
      config_);
  write("never");
  write("later");
  notifier.start();
  const auto never = wait_for_end(0);
  const auto later = wait_for_end(1);
  notifier.stop();
  EXPECT_EQ(never.state, "failed");
  EXPECT_EQ(never.attempts, 1);
  EXPECT_EQ(later.state, "failed");
  EXPECT_GT(later.attempts, 1);
}

TEST_F(NotifierTest, WhatIsCutOffByTheStopStaysDue) {
  std::atomic<bool> begun = false;
  Notifier notifier(
      *database_, self_,
      [&](const store::Delivery&, const std::function<bool()>& cancelled) {
        begun = true;
        while (!cancelled()) std::this_thread::yield();
        return Attempt{End::later, "ended"};
      },
      config_);
  write("a");
  notifier.start();
  while (!begun) std::this_thread::yield();
  notifier.stop();
  store::DeliveryStore deliveries(*database_);
  EXPECT_EQ(deliveries.of_execution(1)[0].state, "waiting");
  EXPECT_EQ(deliveries.of_execution(1)[0].attempts, 0);
  EXPECT_EQ(deliveries.lease({{"m1", 1}, Millis{1'000}, Millis{0}, 5}).size(), 1u);
}

TEST_F(NotifierTest, PausesGrow) {
  config_.first_pause = Millis{2'000};
  config_.longest_pause = Millis{600'000};
  EXPECT_EQ(pause_after(1, config_).count(), 2'000);
  EXPECT_EQ(pause_after(3, config_).count(), 8'000);
  EXPECT_EQ(pause_after(60, config_).count(), 600'000);
}

TEST(JudgeStatus, WhatTryingAgainMayHelp) {
  EXPECT_EQ(judge_status(204).end, End::sent);
  for (const int status : {408, 425, 429, 500, 503, 302}) EXPECT_EQ(judge_status(status).end, End::later) << status;
  for (const int status : {400, 401, 404, 410}) EXPECT_EQ(judge_status(status).end, End::never) << status;
}

}  // namespace
}  // namespace qd::notify
