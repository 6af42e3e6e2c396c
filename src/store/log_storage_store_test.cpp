#include "store/log_storage_store.hpp"

#include <gmock/gmock.h>

#include "store/execution_store.hpp"
#include "store/history_store.hpp"
#include "store/log_storage_row.hpp"
#include "store/member_store.hpp"
#include "store/project_store.hpp"
#include "store/testing/database_test_case.hpp"

namespace qd::store {
namespace {

class LogStorageStoreTest : public testing::DatabaseTestCase {
 protected:
  void SetUp() override {
    DatabaseTestCase::SetUp();
    executions = std::make_unique<ExecutionStore>(*database_);
    rows = std::make_unique<LogStorageStore>(*database_);
    ProjectStore(*database_).create({"p", {}, 1});
    for (const char* uuid : {"a", "b", "dead"}) {
      model::Member member;
      member.id.uuid = uuid;
      MemberStore(*database_).register_member(member, 0);
    }
  }
  model::ExecutionId run(const std::string& server = "a", const std::string& log_path = "p/1.rdlog") {
    model::Execution execution;
    execution.project = "p";
    execution.uuid = base::new_uuid();
    execution.server_uuid = server;
    execution.incarnation = 1;
    execution.started = 1000;
    execution.log_path = log_path;
    return executions->create(execution);
  }
  model::ExecutionId ended(const std::string& server = "a") {
    const auto id = run(server);
    executions->finish(id, server, 1, {.status = "succeeded", .ended = 2000});
    return id;
  }
  std::unique_ptr<ExecutionStore> executions;
  std::unique_ptr<LogStorageStore> rows;
};
QD_ON_EVERY_DATABASE(LogStorageStoreTest);

TEST_P(LogStorageStoreTest, QueuesWhatHasEndedOnce) {
  const auto running = run();
  EXPECT_FALSE(rows->enqueue(running));
  const auto done = ended();
  EXPECT_TRUE(rows->enqueue(done));
  EXPECT_FALSE(rows->enqueue(done));
  const auto row = rows->find(done);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->state, "queued");
  EXPECT_EQ(row->types, "rdlog,state.json");
  EXPECT_EQ(row->server_uuid, "a");
  const auto silent = run("a", "");
  executions->finish(silent, "a", 1, {.status = "failed", .ended = 2000});
  EXPECT_FALSE(rows->enqueue(silent)) << "it has no log";
}

TEST_P(LogStorageStoreTest, FindsWhatWasMissed) {
  const auto first = ended(), second = ended("b");
  const auto checkpointed = run();
  rows->begin(checkpointed);
  executions->finish(checkpointed, "a", 1, {.status = "succeeded", .ended = 2000});
  EXPECT_EQ(rows->missing("a"), 1);
  EXPECT_EQ(rows->enqueue_missed(3000, 100), 1) << "only the one that has a row already ended late enough";
  EXPECT_EQ(rows->enqueue_missed(1000, 1), 1);
  EXPECT_EQ(rows->enqueue_missed(1000, 100), 1);
  EXPECT_EQ(rows->enqueue_missed(1000, 100), 0);
  for (const auto id : {first, second, checkpointed}) EXPECT_EQ(rows->find(id)->state, "queued");
  EXPECT_EQ(rows->missing("a"), 0);
}

TEST_P(LogStorageStoreTest, GivesWorkToOneMember) {
  const auto id = ended();
  rows->enqueue(id);
  ASSERT_EQ(rows->due_of("a", 10).size(), 1U);
  EXPECT_TRUE(rows->due_of("b", 10).empty());
  EXPECT_EQ(rows->due_of_others("b", 0, 10).size(), 1U);
  EXPECT_TRUE(rows->due_of_others("b", id, 10).empty());
  EXPECT_TRUE(rows->claim(id, "dead", Millis{60'000}));
  EXPECT_FALSE(rows->claim(id, "a", Millis{60'000}));
  const auto dead = *MemberStore(*database_).find("dead");
  MemberStore(*database_).leave(dead.id);
  EXPECT_TRUE(rows->claim(id, "a", Millis{60'000})) << "whoever had it is gone";
  EXPECT_TRUE(rows->claim(id, "a", Millis{60'000})) << "from an earlier life";
  EXPECT_FALSE(rows->claim(id, "b", Millis{60'000}));
  EXPECT_FALSE(rows->claim(id, "b", Millis{60'000}, "dead"));
  EXPECT_TRUE(rows->touch(id, "a"));
  EXPECT_FALSE(rows->touch(id, "b"));
  EXPECT_TRUE(rows->claim(id, "b", Millis{-60'000})) << "a claim that ran out";
  EXPECT_TRUE(rows->claim(id, "a", Millis{60'000}, "b")) << "the caller knows that b is dead";
  EXPECT_TRUE(rows->claim(id, "b", Millis{60'000}, "a"));
  auto row = *rows->find(id);
  row.provider = "s3";
  row.key = "k/1";
  rows->stored(row, "a", 5);
  EXPECT_EQ(rows->find(id)->state, "queued") << "it is b's by now";
  rows->stored(row, "b", 5);
  const auto stored = *rows->find(id);
  EXPECT_EQ(stored.state, "stored");
  EXPECT_EQ(stored.key, "k/1");
  EXPECT_EQ(stored.stored_bytes, 5);
  EXPECT_TRUE(stored.stored);
}

TEST_P(LogStorageStoreTest, TriesAgainLater) {
  const auto id = ended();
  rows->enqueue(id);
  rows->claim(id, "a", Millis{60'000});
  rows->failed(id, "a", "state.json", "the disk is full", Millis{60'000});
  EXPECT_TRUE(rows->due_of("a", 10).empty());
  const auto row = *rows->find(id);
  EXPECT_EQ(row.types, "state.json");
  EXPECT_EQ(row.problem, "the disk is full");
  EXPECT_EQ(row.attempts, 1);
  const auto counts = rows->counts(1);
  EXPECT_EQ(counts.queued, 1);
  EXPECT_EQ(counts.failing, 1);
  EXPECT_EQ(counts.waiting, 1);
  EXPECT_EQ(rows->counts(2).failing, 0);
  EXPECT_EQ(rows->incomplete(0, 10).size(), 1U);
  EXPECT_EQ(rows->resume(), 1);
  EXPECT_EQ(rows->due_of("a", 10).size(), 1U);
  EXPECT_TRUE(rows->claim(id, "b", Millis{60'000}));
}

TEST_P(LogStorageStoreTest, KeepsThePiecesOfCheckpoints) {
  const auto id = run();
  rows->begin(id);
  rows->begin(id);
  auto row = *rows->find(id);
  EXPECT_EQ(row.state, "running");
  row.pieces = {{1, 0, 10}, {2, 10, 5}};
  row.piece_bytes = 15;
  row.key = "k";
  EXPECT_TRUE(rows->checkpoint(row, {}));
  EXPECT_FALSE(rows->checkpoint(row, {})) << "somebody else made one";
  EXPECT_EQ(rows->find(id)->pieces, row.pieces);
  executions->finish(id, "a", 1, {.status = "succeeded", .ended = 2000});
  EXPECT_TRUE(rows->enqueue(id));
  EXPECT_EQ(rows->find(id)->pieces, row.pieces);
  EXPECT_FALSE(rows->checkpoint(row, row.pieces)) << "it has ended";
}

TEST_P(LogStorageStoreTest, RemembersWhatIsToBeRemoved) {
  const auto deleted = ended(), lost = run();
  rows->enqueue(deleted);
  rows->begin(lost);
  rows->remove(deleted);
  ExecutionStore(*database_).finish(lost, "a", 1, {.status = "failed", .ended = 2000});
  executions->remove(lost);
  rows->enqueue_missed(1000, 10);
  ASSERT_EQ(rows->due_of("a", 10).size(), 2U);
  for (const auto id : {deleted, lost}) {
    EXPECT_EQ(rows->find(id)->state, "removing");
    EXPECT_TRUE(rows->claim(id, "a", Millis{60'000}));
    rows->removed(id, "a");
    EXPECT_FALSE(rows->find(id));
  }
  const auto other = ended();
  rows->enqueue(other);
  ProjectStore(*database_).remove("p");
  EXPECT_EQ(rows->find(other)->state, "removing") << "its project was deleted";
}

TEST_P(LogStorageStoreTest, ListsOldExecutionsAndLetsOneMemberClean) {
  const auto first = ended(), second = ended("b"), third = ended();
  run();
  HistoryStore history(*database_);
  const auto ids = [&](UnixMillis before, std::int64_t keep, std::int64_t max) {
    std::vector<model::ExecutionId> found;
    for (const auto& execution : history.old_executions("p", before, keep, max)) found.push_back(execution.id);
    return found;
  };
  using Ids = std::vector<model::ExecutionId>;
  EXPECT_EQ(ids(2000, 0, 10), (Ids{first, second, third}));
  EXPECT_EQ(ids(2000, 2, 10), (Ids{first}));
  EXPECT_EQ(ids(2000, 0, 2), (Ids{first, second}));
  EXPECT_EQ(ids(2000, 3, 10), Ids{});
  EXPECT_EQ(ids(1999, 0, 10), Ids{});
  EXPECT_EQ(history.old_executions("p", 2000, 0, 2).back().server_uuid, "b");
  EXPECT_TRUE(history.claim_cleaning("p", 1'700'000'000'000));
  EXPECT_FALSE(history.claim_cleaning("p", 1'700'000'000'000));
  EXPECT_FALSE(history.claim_cleaning("p", 1'600'000'000'000));
  EXPECT_TRUE(history.claim_cleaning("p", 1'700'000'086'400));
  EXPECT_TRUE(history.claim_cleaning("q", 1'600'000'000'000));
}

TEST_P(LogStorageStoreTest, RemembersLogsThatOtherMembersAreToRemove) {
  rows->remove_elsewhere(7, "a", "p/7.rdlog");
  rows->remove_elsewhere(7, "a", "p/7.rdlog");
  EXPECT_TRUE(rows->to_remove("b", 10).empty());
  const auto logs = rows->to_remove("a", 10);
  ASSERT_EQ(logs.size(), 1U);
  EXPECT_EQ(logs.front().log_path, "p/7.rdlog");
  rows->removed_file(7);
  EXPECT_TRUE(rows->to_remove("a", 10).empty());
}

TEST(LogPieces, AreReadAsTheyWereWritten) {
  const std::vector<LogPiece> pieces{{1, 0, 10}, {7, 10, 5'000'000'000}};
  EXPECT_EQ(decode_pieces(encode_pieces(pieces)), pieces);
  for (const char* broken : {"", "{}", "[1]", "[[1,2]]", "[[1,2,\"3\"]]"})
    EXPECT_TRUE(decode_pieces(broken).empty()) << broken;
}

}  // namespace
}  // namespace qd::store
