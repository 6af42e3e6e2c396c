#include "cluster/membership.hpp"

#include "cluster/cluster_fixture_testing.hpp"

namespace qd::cluster {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class MembershipTest : public fixture::ClusterFixture {};

TEST_F(MembershipTest, ASecondProcessWithTheSameUuidIsRefused) {
  started("a");
  fixture::Process second(*database_, clock_, &locks_, "a", config_);
  const auto refused = second.start();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::conflict);
  EXPECT_THAT(refused.error().message,
              AllOf(HasSubstr("name-a (a) on host host-a, http://a, since 2001-09-09T01:46:40Z"),
                    HasSubstr("rundeck.server.uuid")));
  EXPECT_EQ(second.self.get().number, 0);
}

TEST_F(MembershipTest, AfterAKillTheLockAllowsAStartAtOnce) {
  started("a");
  kill("a");
  started("a");
  EXPECT_EQ(row("a").id.number, 2);
}

TEST_F(MembershipTest, WithoutLocksAFreshBeatRefusesAndAnOldOneDoesNot) {
  started("a", false);
  kill("a");
  EXPECT_FALSE(add("a", false).start());
  EXPECT_FALSE(add("a", true).start());  // the other may run without locks
  clock_.advance(Millis{61'000});
  EXPECT_TRUE(add("a", false).start());
}

TEST_F(MembershipTest, StandingsFollowTheBeats) {
  auto& a = started("a", false);
  started("b", false);
  const auto standing = [&] { return a.logic.view().find("b")->standing; };
  pass(Millis{60'000});
  EXPECT_EQ(standing(), Standing::active);
  pass(Millis{151'000}, {"b"});
  EXPECT_EQ(standing(), Standing::inactive);
  pass(Millis{151'000}, {"b"});
  EXPECT_EQ(standing(), Standing::dead);
  pass(Millis{31'000});
  EXPECT_EQ(standing(), Standing::active);  // nobody acted meanwhile
}

TEST_F(MembershipTest, AZombieIsFencedAndReturnsAsANewIncarnation) {
  config_.autotakeover.delay = Millis{0};
  started("a");
  auto& zombie = started("z");
  schedule("j1", "z");
  pass(Millis{1'000});
  pass(Millis{310'000}, {"z"});  // it hangs with its lock held
  EXPECT_EQ(owner("j1"), "a");
  EXPECT_EQ(row("z").state, model::Member::State::dead);
  EXPECT_EQ(zombie.fenced, 0);

  EXPECT_FALSE(zombie.logic.beat());
  EXPECT_FALSE(zombie.logic.beat());
  pass(Millis{1'000});
  EXPECT_EQ(zombie.fenced, 1);
  EXPECT_EQ(zombie.self.get().number, 1);
  EXPECT_EQ(row("z").state, model::Member::State::dead);
  zombie.logic.ask_to_rejoin();
  pass(Millis{200});
  EXPECT_EQ(zombie.self.get().number, 2);
  EXPECT_TRUE(zombie.logic.beat());
  EXPECT_EQ(owner("j1"), "a");
  pass(Millis{1'000});
  EXPECT_EQ(zombie.fenced, 1);
}

TEST_F(MembershipTest, AWatchingZombieNoticesWithoutABeat) {
  auto& z = started("z");
  database_->execute("UPDATE member SET state = 'dead'");
  z.logic.watch();
  EXPECT_EQ(z.fenced, 1);
  EXPECT_EQ(z.logic.phase(), Membership::Phase::fenced);
}

TEST_F(MembershipTest, AModeIsAppliedByTheMemberThatIsMeant) {
  auto& a = started("a");
  auto& b = started("b");
  EXPECT_EQ(a.logic.request_mode("b", false, "ann").value(), Membership::ModeAnswer::pending);
  EXPECT_TRUE(row("b").active);
  pass(Millis{200});
  EXPECT_FALSE(row("b").active);
  EXPECT_EQ(row("b").requested_mode, "");
  EXPECT_THAT(b.modes, ElementsAre(false));
  EXPECT_THAT(a.modes, IsEmpty());
  EXPECT_EQ(a.logic.request_mode("a", false, "ann").value(), Membership::ModeAnswer::complete);
  EXPECT_FALSE(row("a").active);
  EXPECT_EQ(a.logic.request_mode("a", false, "ann").value(), Membership::ModeAnswer::complete);
  EXPECT_THAT(a.modes, ElementsAre(false));
  EXPECT_EQ(a.logic.request_mode("x", true, "ann").error().kind, ErrorKind::not_found);
  EXPECT_THAT(events("mode.changed"), SizeIs(2));
}

TEST_F(MembershipTest, AModeOutlivesAFencing) {
  auto& a = started("a");
  ASSERT_TRUE(a.logic.request_mode("a", false, "ann"));
  database_->execute("UPDATE member SET state = 'dead'");
  a.logic.watch();
  a.logic.ask_to_rejoin();
  a.logic.watch();
  EXPECT_EQ(row("a").id.number, 2);
  EXPECT_FALSE(row("a").active);
}

TEST_F(MembershipTest, ALostDatabaseHurtsNobody) {
  auto& a = started("a");
  started("b");
  pass(Millis{1'000});
  a.database.lost = true;
  EXPECT_THROW(a.logic.watch(), store::DatabaseError);
  EXPECT_THROW(a.logic.beat(), store::DatabaseError);
  EXPECT_EQ(a.fenced, 0);
  a.database.lost = false;
  a.logic.watch();
  EXPECT_TRUE(a.logic.beat());
}

TEST_F(MembershipTest, ALeftMemberMayStartAgain) {
  auto& a = started("a");
  ASSERT_TRUE(a.logic.begin_leaving());
  EXPECT_TRUE(a.logic.beat());
  a.logic.leave();
  EXPECT_FALSE(a.logic.beat());
  EXPECT_EQ(row("a").state, model::Member::State::stopped);
  EXPECT_EQ(a.fenced, 0);
  started("a", false);
  EXPECT_EQ(row("a").id.number, 2);
}

}  // namespace
}  // namespace qd::cluster
