#include "cluster/takeover.hpp"

#include "cluster/cluster_fixture_testing.hpp"

namespace qd::cluster {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class TakeoverTest : public fixture::ClusterFixture {};

TEST_F(TakeoverTest, AKilledMembersSchedulesMoveOnceAfterTheDelay) {
  started("a"), started("b"), started("c");
  schedule("j1", "c"), schedule("j2", "c"), schedule("j3", "a");
  pass(Millis{2'000});
  kill("c");
  pass(Millis{59'000});
  EXPECT_EQ(owner("j1"), "c");
  EXPECT_THAT(events("takeover"), ElementsAre("takeover.proposed"));
  pass(Millis{3'000});
  EXPECT_NE(owner("j1"), "c");
  EXPECT_EQ(owner("j1"), owner("j2"));
  EXPECT_EQ(owner("j3"), "a");
  EXPECT_EQ(row("c").state, model::Member::State::dead);
  pass(Millis{600'000});
  EXPECT_THAT(events("takeover"), ElementsAre("takeover.proposed", "takeover.done"));
  EXPECT_THAT(last_message("takeover.done"), HasSubstr("2 schedules of name-c (c) moved to name-"));
}

TEST_F(TakeoverTest, WithoutDelayItTakesLessThanTwoSeconds) {
  config_.autotakeover.delay = Millis{0};
  started("a"), started("c");
  schedule("j1", "c");
  pass(Millis{5'000});
  kill("c");
  pass(Millis{1'200});
  EXPECT_EQ(owner("j1"), "a");
}

TEST_F(TakeoverTest, WithoutLocksTheHeartbeatDecides) {
  config_.autotakeover.delay = Millis{0};
  started("a", false), started("c", false);
  schedule("j1", "c");
  pass(Millis{60'000});
  kill("c");
  pass(Millis{269'000});
  EXPECT_EQ(owner("j1"), "c");
  pass(Millis{62'000});
  EXPECT_EQ(owner("j1"), "a");
  EXPECT_THAT(last_message("takeover.proposed"), HasSubstr("its last heartbeat is 300.2 s old"));
}

TEST_F(TakeoverTest, AMemberThatCameBackKeepsItsSchedules) {
  started("a"), started("c");
  schedule("j1", "c");
  pass(Millis{1'000});
  locks_.holders.erase("c");
  pass(Millis{2'000}, {"c"});
  EXPECT_THAT(events("takeover"), ElementsAre("takeover.proposed"));
  pass(Millis{60'000});  // c looks again, and takes its lock
  EXPECT_EQ(owner("j1"), "c");
  EXPECT_THAT(events("takeover"), ElementsAre("takeover.proposed", "takeover.cancelled"));
  EXPECT_THAT(last_message("takeover.cancelled"), HasSubstr("it came back: it"));
  EXPECT_EQ(row("c").state, model::Member::State::live);
}

TEST_F(TakeoverTest, AMemberThatStartedAgainKeepsItsSchedules) {
  started("a"), started("c");
  schedule("j1", "c");
  pass(Millis{1'000});
  kill("c");
  pass(Millis{2'000});
  started("c");
  pass(Millis{600});
  EXPECT_THAT(events("takeover"), ElementsAre("takeover.proposed", "takeover.cancelled"));
  EXPECT_THAT(last_message("takeover.cancelled"), HasSubstr("it started again, as incarnation 2"));
  pass(Millis{70'000});
  EXPECT_EQ(owner("j1"), "c");
}

TEST_F(TakeoverTest, AProposalOfADeadProposerIsAdopted) {
  started("a"), started("c");
  schedule("j1", "c");
  pass(Millis{1'000});
  kill("c");
  pass(Millis{2'000});
  kill("a");
  started("b");
  pass(Millis{65'000});
  EXPECT_EQ(owner("j1"), "b");
  EXPECT_THAT(events("takeover"), ElementsAre("takeover.proposed", "takeover.adopted", "takeover.done"));
}

TEST_F(TakeoverTest, PolicyStaticTakesOnlyWhatItLists) {
  config_.autotakeover.delay = Millis{0};
  config_.autotakeover.policy = TakeoverPolicy::fixed;
  config_.autotakeover.allowed = {"d"};
  started("a"), started("c"), started("d");
  schedule("j1", "c"), schedule("j2", "d");
  pass(Millis{1'000});
  kill("c"), kill("d");
  pass(Millis{5'000});
  EXPECT_EQ(owner("j1"), "c");
  EXPECT_EQ(owner("j2"), "a");
  EXPECT_THAT(events("takeover.refused"), ElementsAre("takeover.refused"));  // said once
  EXPECT_THAT(last_message("takeover.refused"), HasSubstr("policy Static does not list it"));
}

TEST_F(TakeoverTest, APassiveMemberTakesNothing) {
  config_.autotakeover.delay = Millis{0};
  ASSERT_TRUE(add("a").start(false));
  started("c");
  schedule("j1", "c");
  pass(Millis{1'000});
  kill("c");
  pass(Millis{5'000});
  EXPECT_EQ(owner("j1"), "c");
  EXPECT_THAT(last_message("takeover.refused"), HasSubstr("this member is passive"));
}

TEST_F(TakeoverTest, ThePauseBetweenAttemptsIsKept) {
  config_.autotakeover.delay = Millis{0};
  started("a"), started("c");
  schedule("j1", "c");
  pass(Millis{1'000});
  kill("c");
  pass(Millis{2'000});
  ASSERT_EQ(owner("j1"), "a");
  started("c");
  database_->execute("UPDATE schedule SET server_uuid = 'c'");
  kill("c");
  pass(Millis{290'000});
  EXPECT_EQ(owner("j1"), "c");
  EXPECT_THAT(events("takeover.waiting"), ElementsAre("takeover.waiting"));
  pass(Millis{12'000});
  EXPECT_EQ(owner("j1"), "a");
}

TEST_F(TakeoverTest, WhatAMemberLeavesIsTakenAtOnce) {
  started("a");
  auto& leaving = started("c");
  schedule("j1", "c");
  pass(Millis{1'000});
  ASSERT_TRUE(leaving.logic.begin_leaving());
  const auto running = execution("c", leaving.self.get().number, model::status::running);
  pass(Millis{200});
  EXPECT_EQ(owner("j1"), "a");
  pass(Millis{60'000});
  EXPECT_EQ(status(running), model::status::running);  // it drains
  EXPECT_EQ(row("c").state, model::Member::State::leaving);
  leaving.logic.leave();
  kill("c");
  pass(Millis{60'000});
  EXPECT_EQ(row("c").state, model::Member::State::stopped);
  EXPECT_THAT(events("takeover"), ElementsAre("takeover.proposed", "takeover.done"));
}

TEST_F(TakeoverTest, PolicyRemoteExecutionAsksForEachProject) {
  config_.autotakeover.delay = Millis{0};
  config_.autotakeover.policy = TakeoverPolicy::remote_execution;
  TakeoverHooks hooks;
  hooks.choose_for_project = [](const std::string& project) -> std::optional<std::string> {
    if (project == "p1") return "a";
    if (project == "p2") return "b";
    return std::nullopt;
  };
  started("a", true, hooks), started("b", true, hooks), started("c", true, hooks);
  schedule("j1", "c", "p1"), schedule("j2", "c", "p2"), schedule("j3", "c", "p3");
  pass(Millis{1'000});
  kill("c");
  pass(Millis{3'000});
  EXPECT_EQ(owner("j1"), "a");
  EXPECT_EQ(owner("j2"), "b");
  EXPECT_EQ(owner("j3"), "c");
  EXPECT_THAT(last_message("takeover.done"), HasSubstr("no member may run those of p3"));
}

TEST_F(TakeoverTest, SaysThatTheSchedulesWentElsewhereMeanwhile) {
  config_.autotakeover.delay = Millis{0};
  config_.autotakeover.policy = TakeoverPolicy::remote_execution;
  TakeoverHooks hooks;
  hooks.choose_for_project = [](const std::string&) { return std::optional<std::string>("a"); };
  auto& a = started("a", true, hooks);
  started("c", true, hooks);
  schedule("j1", "c");
  a.database.before_query = [&](std::string_view sql) {
    if (sql.starts_with("SELECT DISTINCT project FROM schedule")) {
      database_->execute("UPDATE schedule SET server_uuid = 'a'");
    }
  };
  pass(Millis{1'000});
  kill("c");
  pass(Millis{2'000});
  EXPECT_THAT(last_message("takeover.cancelled"), HasSubstr("it owns no schedules any more"));
}

TEST_F(TakeoverTest, ReadsProposalsWhenSomebodyIsGoneAndHardlyEverOtherwise) {
  auto& a = started("a");
  started("b"), started("c");
  schedule("j1", "c");
  int reads = 0;
  a.database.before_query = [&](std::string_view sql) {
    if (sql.find("FROM proposal WHERE state = 'open'") != std::string_view::npos) ++reads;
  };
  pass(Millis{60'000});  // 300 looks
  EXPECT_LE(reads, 2 * 13);
  kill("c");
  reads = 0;
  pass(Millis{10'000});
  EXPECT_GT(reads, 2 * 13);
  // What a proposer that ended left open about a member that is back is found all the same.
  EXPECT_THAT(events("takeover"), ElementsAre("takeover.proposed"));
  started("c");
  const bool by_a = store::ProposalStore(*database_).open().at(0).proposer.uuid == "a";
  kill(by_a ? "a" : "b");
  started(by_a ? "a" : "b");
  pass(Millis{6'000});
  EXPECT_THAT(store::ProposalStore(*database_).open(), IsEmpty());
  EXPECT_EQ(owner("j1"), "c");
}

TEST_F(TakeoverTest, APersonMovesSchedules) {
  auto& a = started("a");
  started("b");
  schedule("j1", "b"), schedule("j2", "b", "q");
  store::TakeoverFilter filter;
  filter.from_server = "b";
  filter.project = "q";
  const auto taken = a.logic.take_over(filter, "a", "ann", 10);
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->total, 1);
  EXPECT_EQ(owner("j1"), "b");
  EXPECT_EQ(owner("j2"), "a");
  EXPECT_THAT(last_message("takeover.manual"), HasSubstr("ann gave 1 schedules"));
  EXPECT_EQ(a.logic.take_over(filter, "nobody", "ann", 10).error().kind, ErrorKind::not_found);
}

TEST_F(TakeoverTest, NobodyDiesOfARestartedDatabase) {
  config_.autotakeover.delay = Millis{0};
  config_.recovery.delay = Millis{0};
  started("a"), started("b"), started("c");
  schedule("j1", "a"), schedule("j2", "b"), schedule("j3", "c");
  pass(Millis{1'000});
  locks_.restart();
  pass(Millis{5'000}, {"c"});  // c is slow to take its lock again
  pass(Millis{60'000});
  for (auto& [uuid, process] : processes_) process->database.lost = true;
  clock_.advance(std::chrono::hours(1));
  locks_.restart();
  for (auto& [uuid, process] : processes_) process->database.lost = false;
  pass(Millis{60'000});
  EXPECT_EQ(owner("j1"), "a");
  EXPECT_EQ(owner("j2"), "b");
  EXPECT_EQ(owner("j3"), "c");
  EXPECT_THAT(events("takeover"), IsEmpty());
}

TEST_F(TakeoverTest, AMemberThatIsDeadWhileTheDatabaseRestartsIsStillFound) {
  started("a"), started("c");
  schedule("j1", "c");
  pass(Millis{1'000});
  kill("c");
  pass(Millis{2'000});
  locks_.restart();  // its lock proves nothing any more: the heartbeat decides
  pass(Millis{290'000});
  EXPECT_EQ(owner("j1"), "c");
  pass(Millis{40'000});
  EXPECT_EQ(owner("j1"), "a");
}

}  // namespace
}  // namespace qd::cluster
