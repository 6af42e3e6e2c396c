#include "store/delivery_store.hpp"

#include <gmock/gmock.h>

#include "store/testing/database_test_case.hpp"

namespace qd::store {
namespace {

class DeliveryStoreTest : public testing::DatabaseTestCase {
 protected:
  void SetUp() override {
    DatabaseTestCase::SetUp();
    deliveries_ = std::make_unique<DeliveryStore>(*database_);
  }

  void write(const std::string& target, const std::string& member = "m1") {
    Delivery delivery;
    delivery.execution = 7;
    delivery.project = "p";
    delivery.trigger = "success";
    delivery.kind = "webhook";
    delivery.target = target;
    delivery.content = "{}";
    delivery.member = member;
    database_->transact([&](Session& session) { DeliveryStore::insert(session, {delivery}); });
  }

  // A live member's row, as the leases look at it.
  void live(const std::string& uuid, std::int64_t life, const std::string& state = "live", Millis silent = Millis{0}) {
    database_->execute("DELETE FROM member WHERE uuid = ?", {uuid});
    database_->execute(
        "INSERT INTO member (uuid, incarnation, state, name, host, url, tags, version, started_ms, beat_ms, mode, "
        "requested_mode, requested_by, lock_boot, certificate, vitals) VALUES (?, ?, ?, '', '', '', '', '', 0, ?, "
        "'active', '', '', '', '', '')",
        {uuid, life, state, database_->now() - silent.count()});
  }

  std::vector<std::string> leased(const std::string& member, std::int64_t life = 1, Millis length = Millis{60'000}) {
    std::vector<std::string> targets;
    last_ = deliveries_->lease({{member, life}, length, Millis{60'000}, 10, kSilence});
    for (const auto& one : last_) targets.push_back(one.target);
    return targets;
  }

  static constexpr Millis kSilence{30'000};
  std::unique_ptr<DeliveryStore> deliveries_;
  std::vector<Delivery> last_;
};
QD_ON_EVERY_DATABASE(DeliveryStoreTest);

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_P(DeliveryStoreTest, IsLeasedByOneMemberAndEndsOnce) {
  live("m1", 1);
  live("m2", 1);
  write("a");
  write("b");
  EXPECT_THAT(leased("m1"), ElementsAre("a", "b"));
  EXPECT_EQ(last_[0].attempts, 1);
  const auto mine = last_;
  EXPECT_THAT(leased("m1"), IsEmpty());
  EXPECT_THAT(leased("m2"), IsEmpty());
  deliveries_->sent(mine[0], "200");
  deliveries_->try_later(mine[1], Millis{0}, "refused");
  EXPECT_THAT(leased("m1"), ElementsAre("b"));
  EXPECT_EQ(last_[0].attempts, 2);
  deliveries_->sent(mine[1], "late");  // of a lease that was lost
  const auto all = deliveries_->of_execution(7);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].state, "sent");
  EXPECT_EQ(all[0].outcome, "200");
  EXPECT_TRUE(all[0].ended);
  EXPECT_EQ(all[1].state, "waiting");
  EXPECT_EQ(all[1].outcome, "refused");
  deliveries_->give_up(last_[0], "no");
  EXPECT_EQ(deliveries_->of_execution(7)[1].state, "failed");
  EXPECT_EQ(deliveries_->prune(Millis{600'000}), 0);
  EXPECT_EQ(deliveries_->prune(Millis{-600'000}), 2);
}

TEST_P(DeliveryStoreTest, IsLeftToTheLivingMemberThatHasTheLog) {
  live("m1", 1);
  live("m2", 1);
  write("a");
  EXPECT_THAT(leased("m2"), IsEmpty());
  live("m1", 1, "dead");
  EXPECT_THAT(leased("m2"), ElementsAre("a"));
}

TEST_P(DeliveryStoreTest, IsFreeWhenItsHolderIsGone) {
  live("m1", 1);
  write("a");
  EXPECT_THAT(leased("m1"), ElementsAre("a"));
  live("m1", 2);  // started again
  EXPECT_THAT(leased("m1", 2), ElementsAre("a"));
  EXPECT_EQ(last_[0].attempts, 2);
  deliveries_->hand_back(last_[0]);
  EXPECT_THAT(leased("m1", 2), ElementsAre("a"));
  EXPECT_EQ(last_[0].attempts, 2);
}

TEST_P(DeliveryStoreTest, IsFreeWhenItsHolderHasNotBeatenForLong) {
  live("m1", 1);
  live("m2", 1);
  write("a");
  EXPECT_THAT(leased("m1"), ElementsAre("a"));
  live("m1", 1, "live", kSilence - Millis{10'000});
  EXPECT_THAT(leased("m2"), IsEmpty());
  live("m1", 1, "live", kSilence + Millis{10'000});
  EXPECT_THAT(leased("m1"), IsEmpty());  // it still sends it: its own lease does not end by that
  EXPECT_THAT(leased("m2"), ElementsAre("a"));
  EXPECT_EQ(last_[0].attempts, 2);
}

TEST_P(DeliveryStoreTest, IsNotLeftToASilentMember) {
  live("m1", 1, "live", kSilence + Millis{10'000});
  live("m2", 1);
  write("a");
  EXPECT_THAT(leased("m2"), ElementsAre("a"));
}

TEST_P(DeliveryStoreTest, IsNotGivenToTheDeclaredDead) {
  live("m1", 1, "dead");
  write("a");
  EXPECT_THAT(leased("m1"), IsEmpty());
}

TEST_P(DeliveryStoreTest, WaitsForItsTime) {
  live("m1", 1);
  write("a");
  EXPECT_THAT(leased("m1"), ElementsAre("a"));
  deliveries_->try_later(last_[0], Millis{600'000}, "busy");
  EXPECT_THAT(leased("m1"), IsEmpty());
}

}  // namespace
}  // namespace qd::store
