#include "cluster/recovery.hpp"

#include "cluster/cluster_fixture_testing.hpp"

namespace qd::cluster {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RecoveryTest : public fixture::ClusterFixture {};

TEST_F(RecoveryTest, ExecutionsOfAKilledMemberAreClosedAndRetriedOnce) {
  auto& a = started("a");
  auto& b = started("b");
  started("c");
  const auto running = execution("c", 1, model::status::running);
  const auto own = execution("a", 1, model::status::running);
  const auto waiting = execution("c", 1, model::status::queued);
  pass(Millis{5'000});
  kill("c");
  pass(Millis{28'000});
  EXPECT_EQ(status(running), model::status::running);
  pass(Millis{5'000});
  EXPECT_EQ(status(running), model::status::incomplete);
  EXPECT_EQ(status(own), model::status::running);
  EXPECT_EQ(a.retried.size() + b.retried.size(), 1u);
  EXPECT_EQ(a.reassigned.size() + b.reassigned.size(), 1u);
  EXPECT_EQ(store::ExecutionStore(*database_).find(waiting)->server_uuid, "");
  pass(Millis{60'000});
  EXPECT_THAT(events("recovery"),
              ElementsAre("recovery.proposed", "recovery.done", "recovery.closed", "recovery.unassigned"));
}

TEST_F(RecoveryTest, ATakeoverClosesThemToo) {
  config_.autotakeover.delay = Millis{0};
  auto& a = started("a");
  started("c");
  schedule("j", "c");
  const auto running = execution("c", 1, model::status::running);
  pass(Millis{1'000});
  kill("c");
  pass(Millis{2'000});
  EXPECT_EQ(status(running), model::status::incomplete);
  EXPECT_THAT(a.retried, ElementsAre(running));
  EXPECT_THAT(store::ExecutionStore(*database_).find(running)->abort_reason,
              HasSubstr("The member that ran it, name-c (c), is gone: its session with the database ended"));
}

TEST_F(RecoveryTest, WhatAZombieWritesLateIsSweptUp) {
  auto& a = started("a");
  started("c");
  pass(Millis{1'000});
  database_->execute("UPDATE member SET state = 'dead' WHERE uuid = 'c'");
  pass(Millis{5'000}, {"c"});
  const auto late = execution("c", 1, model::status::running);
  pass(Millis{10'000}, {"c"});
  EXPECT_EQ(status(late), model::status::incomplete);
  EXPECT_THAT(a.retried, ElementsAre(late));
}

TEST_F(RecoveryTest, ARestartedMemberClosesItsEarlierLife) {
  config_.enabled = false;  // a single member does it as well
  started("a");
  const auto old = execution("a", 1, model::status::running);
  const auto foreign = execution("x", 1, model::status::running);
  kill("a");
  auto& again = started("a");
  const auto fresh = execution("a", 2, model::status::running);
  again.logic.watch();
  EXPECT_EQ(status(old), model::status::incomplete);
  EXPECT_EQ(status(fresh), model::status::running);
  EXPECT_EQ(status(foreign), model::status::running);
  EXPECT_THAT(again.retried, ElementsAre(old));
  EXPECT_THAT(last_message("recovery.closed"), HasSubstr("ended and was started again"));
}

TEST_F(RecoveryTest, AMemberThatCameBackKeepsItsExecutions) {
  started("a");
  auto& c = started("c");
  const auto running = execution("c", 1, model::status::running);
  pass(Millis{1'000});
  locks_.holders.erase("c");
  pass(Millis{2'000}, {"c"});
  pass(Millis{60'000});
  EXPECT_EQ(status(running), model::status::running);
  EXPECT_EQ(c.fenced, 0);
  EXPECT_THAT(events("recovery"), ElementsAre("recovery.proposed", "recovery.cancelled"));
}

TEST_F(RecoveryTest, SwitchedOffItClosesOnlyItsOwn) {
  config_.recovery.enabled = false;
  auto& a = started("a");
  started("c");
  const auto running = execution("c", 1, model::status::running);
  pass(Millis{1'000});
  kill("c");
  pass(Millis{60'000});
  EXPECT_EQ(status(running), model::status::running);
  EXPECT_THAT(a.retried, IsEmpty());
  EXPECT_THAT(last_message("recovery.refused"), HasSubstr("recoverExecutions.enabled"));
}

TEST_F(RecoveryTest, PolicyStaticRetriesOnlyWhatItLists) {
  config_.autotakeover.delay = Millis{0};
  config_.recovery.policy = TakeoverPolicy::fixed;
  config_.recovery.allowed = {"d"};
  auto& a = started("a");
  started("c"), started("d");
  schedule("j1", "c"), schedule("j2", "d");
  const auto of_c = execution("c", 1, model::status::running);
  const auto of_d = execution("d", 1, model::status::running);
  pass(Millis{1'000});
  kill("c"), kill("d");
  pass(Millis{10'000});
  EXPECT_EQ(status(of_c), model::status::incomplete);  // never stuck, as it was fenced
  EXPECT_EQ(status(of_d), model::status::incomplete);
  EXPECT_THAT(a.retried, ElementsAre(of_d));
}

}  // namespace
}  // namespace qd::cluster
