// Members, proposals, events and messages, on every database.
#include <atomic>
#include <gmock/gmock.h>
#include <thread>

#include "store/cluster_event_store.hpp"
#include "store/execution_store.hpp"
#include "store/member_store.hpp"
#include "store/message_store.hpp"
#include "store/orphan_store.hpp"
#include "store/proposal_store.hpp"
#include "store/setting_store.hpp"
#include "store/testing/database_test_case.hpp"

namespace qd::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using State = model::Member::State;

class ClusterStoresTest : public testing::DatabaseTestCase {};
QD_ON_EVERY_DATABASE(ClusterStoresTest);

model::Member member_named(const std::string& uuid) {
  model::Member member;
  member.id.uuid = uuid;
  member.name = "name of " + uuid;
  member.host = "host";
  member.url = "http://host:4440";
  member.tags = {"a", "b,c"};
  member.version = "1";
  member.active = false;
  member.lock_boot = "boot1";
  member.certificate = "PEM";
  member.vitals = {3, 0.25, 12.5, 1.5, 1'000'000};
  return member;
}

TEST_P(ClusterStoresTest, KeepsAMember) {
  MemberStore members(*database_);
  const auto written = members.register_member(member_named("m1"), 0);
  ASSERT_TRUE(written);
  EXPECT_EQ(written->id.number, 1);
  EXPECT_GT(written->started, 0);
  EXPECT_EQ(members.find("m1"), written);
  EXPECT_EQ(members.find("m2"), std::nullopt);
  ASSERT_TRUE(members.register_member(member_named("m0"), 0));
  ASSERT_EQ(members.list().size(), 2u);
  EXPECT_EQ(members.list().front().id.uuid, "m0");
}

TEST_P(ClusterStoresTest, NumbersOfLivesOnlyGrow) {
  SettingStore(*database_).put("incarnation.m1", "7");  // of an earlier version
  MemberStore members(*database_);
  EXPECT_EQ(members.register_member(member_named("m1"), 0)->id.number, 8);
  EXPECT_EQ(members.register_member(member_named("m1"), 8)->id.number, 9);
  EXPECT_EQ(members.register_member(member_named("m1"), 8), std::nullopt);  // somebody was faster
  EXPECT_EQ(members.register_member(member_named("m1"), 0), std::nullopt);
  database_->execute("DELETE FROM member");
  EXPECT_EQ(members.register_member(member_named("m1"), 0)->id.number, 10);
}

TEST_P(ClusterStoresTest, OneOfManyThatStartAtOnceRegisters) {
  MemberStore members(*database_);
  std::atomic<int> registered = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] { registered += members.register_member(member_named("m1"), 0) ? 1 : 0; });
    }
  }
  EXPECT_EQ(registered, 1);
  EXPECT_EQ(members.find("m1")->id.number, 1);
}

TEST_P(ClusterStoresTest, ADeadIncarnationChangesNothing) {
  MemberStore members(*database_);
  const auto first = members.register_member(member_named("m1"), 0)->id;
  EXPECT_TRUE(members.beat(first, {.running = 5}));
  const auto row = members.find("m1");
  EXPECT_EQ(row->vitals, (model::Vitals{.running = 5}));

  bool fenced = true;
  database_->transact([&](Session& session) { fenced = MemberStore::declare_dead(session, first, row->beat - 1); });
  EXPECT_FALSE(fenced);  // it has beaten since
  database_->transact([&](Session& session) { fenced = MemberStore::declare_dead(session, first, row->beat); });
  EXPECT_TRUE(fenced);
  EXPECT_EQ(members.find("m1")->state, State::dead);
  EXPECT_FALSE(members.beat(first, {}));
  EXPECT_FALSE(members.leave(first));
  EXPECT_FALSE(members.set_lock_boot(first, "x"));
  EXPECT_FALSE(members.apply_mode(first, "active"));

  const auto second = members.register_member(member_named("m1"), first.number)->id;
  EXPECT_GT(second.number, first.number);
  EXPECT_FALSE(members.beat(first, {}));
  EXPECT_TRUE(members.beat(second, {}));
}

TEST_P(ClusterStoresTest, LeavesInTwoSteps) {
  MemberStore members(*database_);
  const auto id = members.register_member(member_named("m1"), 0)->id;
  EXPECT_TRUE(members.begin_leaving(id));
  EXPECT_FALSE(members.begin_leaving(id));
  EXPECT_TRUE(members.beat(id, {}));
  EXPECT_EQ(members.find("m1")->state, State::leaving);
  EXPECT_TRUE(members.leave(id));
  EXPECT_FALSE(members.beat(id, {}));
  EXPECT_EQ(members.find("m1")->state, State::stopped);
}

TEST_P(ClusterStoresTest, AModeIsAskedForAndApplied) {
  MemberStore members(*database_);
  const auto id = members.register_member(member_named("m1"), 0)->id;
  EXPECT_FALSE(members.request_mode("nobody", "active", "ann"));
  EXPECT_TRUE(members.request_mode("m1", "active", "ann"));
  EXPECT_EQ(members.find("m1")->requested_by, "ann");
  EXPECT_TRUE(members.apply_mode(id, "passive"));  // another mode: the request stands
  EXPECT_EQ(members.find("m1")->requested_mode, "active");
  EXPECT_EQ(members.find("m1")->requested_by, "ann");
  EXPECT_TRUE(members.apply_mode(id, "active"));
  EXPECT_TRUE(members.find("m1")->active);
  EXPECT_EQ(members.find("m1")->requested_mode, "");
  EXPECT_EQ(members.find("m1")->requested_by, "");
}

Proposal proposal_of(const std::string& proposer) {
  Proposal proposal;
  proposal.kind = proposal::takeover;
  proposal.target = {"dead", 3};
  proposal.proposer = {proposer, 1};
  proposal.created = 1000;
  proposal.due = 2000;
  return proposal;
}

TEST_P(ClusterStoresTest, OneProposerWins) {
  ProposalStore proposals(*database_);
  std::atomic<int> won = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 6; ++i) {
      threads.emplace_back([&, i] { won += proposals.propose(proposal_of("m" + std::to_string(i))) ? 1 : 0; });
    }
  }
  EXPECT_EQ(won, 1);
  ASSERT_EQ(proposals.open().size(), 1u);
  auto other = proposal_of("m1");
  other.kind = proposal::recovery;
  EXPECT_TRUE(proposals.propose(other));
  EXPECT_EQ(proposals.recent(10).size(), 2u);
}

TEST_P(ClusterStoresTest, AProposalChangesHandsAndEndsOnce) {
  ProposalStore proposals(*database_);
  const auto id = *proposals.propose(proposal_of("m1"));
  EXPECT_FALSE(proposals.adopt(id, {"m9", 1}, {"m2", 1}));
  EXPECT_TRUE(proposals.adopt(id, {"m1", 1}, {"m2", 4}));
  EXPECT_FALSE(proposals.adopt(id, {"m1", 1}, {"m3", 1}));
  EXPECT_FALSE(proposals.finish(id, {"m1", 1}, proposal::done, "late", 3000));
  EXPECT_EQ(proposals.last_end(proposal::takeover, "dead"), std::nullopt);
  EXPECT_TRUE(proposals.finish(id, {"m2", 4}, proposal::cancelled, "came back", 3000));
  EXPECT_FALSE(proposals.finish(id, {"m2", 4}, proposal::done, "again", 3001));
  EXPECT_THAT(proposals.open(), IsEmpty());
  const auto ended = proposals.find(proposal::takeover, {"dead", 3});
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->outcome, "came back");
  EXPECT_EQ(ended->ended, 3000);
  EXPECT_EQ(proposals.last_end(proposal::takeover, "dead"), 3000);
  EXPECT_FALSE(proposals.reopen(id, 2999, {"m3", 1}, 4000, 5000));
  EXPECT_TRUE(proposals.reopen(id, 3000, {"m3", 1}, 4000, 5000));
  EXPECT_FALSE(proposals.reopen(id, 3000, {"m4", 1}, 4000, 5000));
  EXPECT_EQ(proposals.open().at(0).due, 5000);
  EXPECT_EQ(proposals.prune(9000), 0);
  EXPECT_TRUE(proposals.finish(id, {"m3", 1}, proposal::done, "", 6000));
  EXPECT_EQ(proposals.prune(9000), 1);
}

TEST_P(ClusterStoresTest, EventsAreListedNewestFirst) {
  ClusterEventStore events(*database_);
  const auto append = [&](UnixMillis at, const char* kind, const char* by, const char* about) {
    events.append({.at = at, .kind = kind, .member_uuid = by, .target_uuid = about, .message = "m", .detail = "{}"});
  };
  append(1, "member.started", "m1", "");
  append(2, "takeover.proposed", "m1", "m2");
  append(3, "takeover.done", "m1", "m2");
  append(4, "takeovers", "m3", "");
  const auto times = [&](const ClusterEventQuery& query) {
    std::vector<UnixMillis> found;
    for (const auto& event : events.list(query)) found.push_back(event.at);
    return found;
  };
  EXPECT_THAT(times({}), ElementsAre(4, 3, 2, 1));
  EXPECT_THAT(times({.kind = "takeover"}), ElementsAre(3, 2));
  EXPECT_THAT(times({.kind = "takeover.done"}), ElementsAre(3));
  EXPECT_THAT(times({.member = "m2"}), ElementsAre(3, 2));
  EXPECT_THAT(times({.from = 2, .until = 3}), ElementsAre(3, 2));
  EXPECT_THAT(times({.offset = 1, .max = 1}), ElementsAre(3));
  EXPECT_EQ(events.prune(3), 2);
  EXPECT_THAT(times({}), ElementsAre(4, 3));
}

TEST_P(ClusterStoresTest, AMessageIsTakenOrWithdrawnOnce) {
  MessageStore messages(*database_);
  Message message;
  message.nonce = "n1";
  message.to = "m2";
  message.from = "m1";
  message.kind = "run";
  message.execution = 12;
  message.body = "do it";
  message.created = 100;
  const auto first = messages.send(message);
  EXPECT_GT(first, 0);
  EXPECT_EQ(messages.send(message), 0);  // the same again
  message.nonce = "n2";
  message.execution = std::nullopt;
  const auto second = messages.send(message);
  ASSERT_EQ(messages.inbox("m2", 0, 10).size(), 2u);
  EXPECT_EQ(messages.inbox("m2", first, 10).at(0).id, second);
  EXPECT_EQ(messages.inbox("m2", 0, 1).at(0).execution, 12);
  EXPECT_THAT(messages.inbox("m1", 0, 10), IsEmpty());

  EXPECT_TRUE(messages.take(first, 200));
  EXPECT_FALSE(messages.take(first, 201));
  EXPECT_FALSE(messages.withdraw(first, 202));
  EXPECT_TRUE(messages.withdraw(second, 203));
  EXPECT_FALSE(messages.take(second, 204));
  EXPECT_TRUE(messages.answer(first, "started"));
  EXPECT_FALSE(messages.answer(second, "started"));
  EXPECT_EQ(messages.find(first)->answer, "started");
  EXPECT_EQ(messages.find(first)->handled, 200);
  EXPECT_THAT(messages.inbox("m2", 0, 10), IsEmpty());
  EXPECT_EQ(messages.prune(101), 2);
}

TEST_P(ClusterStoresTest, ExecutionsOfEndedLivesAreOrphans) {
  MemberStore members(*database_);
  ExecutionStore executions(*database_);
  OrphanStore orphans(*database_);
  const auto id = members.register_member(member_named("m1"), 0)->id;
  model::Execution execution;
  execution.project = "p";
  execution.started = 10;
  execution.server_uuid = "m1";
  execution.incarnation = id.number;
  execution.status = model::status::running;
  execution.id = executions.create(execution);
  auto waiting = execution;
  waiting.status = model::status::queued;
  waiting.id = executions.create(waiting);
  EXPECT_THAT(orphans.running(10), IsEmpty());
  EXPECT_THAT(orphans.waiting(10), IsEmpty());
  EXPECT_TRUE(orphans.holds_any(id));

  const auto second = members.register_member(member_named("m1"), id.number)->id;
  ASSERT_EQ(orphans.running(10).size(), 1u);
  EXPECT_THAT(orphans.waiting(10), IsEmpty());  // it waits for the member, whatever its life
  EXPECT_TRUE(orphans.holds_any(second));
  EXPECT_FALSE(orphans.holds_any({"m2", 1}));
  bool closed = false;
  database_->transact([&](Session& session) { closed = OrphanStore::close(session, execution, "gone", 50); });
  EXPECT_TRUE(closed);
  database_->transact([&](Session& session) { closed = OrphanStore::close(session, execution, "gone", 51); });
  EXPECT_FALSE(closed);
  const auto row = executions.find(execution.id);
  EXPECT_EQ(row->status, model::status::incomplete);
  EXPECT_EQ(row->ended, 50);
  EXPECT_EQ(database_->query("SELECT COUNT(*) FROM execution WHERE active = 1").at(0).integer(0), 1);

  members.leave(second);
  ASSERT_EQ(orphans.waiting(10).size(), 1u);
  bool freed = false;
  database_->transact(
      [&](Session& session) { freed = OrphanStore::unassign(session, waiting, 7) == OrphanStore::Freed::yes; });
  EXPECT_TRUE(freed);
  EXPECT_EQ(executions.find(waiting.id)->server_uuid, "");
  EXPECT_THAT(orphans.waiting(10), IsEmpty());
}

}  // namespace
}  // namespace qd::store
