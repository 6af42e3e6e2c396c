#include "engine/start_writer.hpp"

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "engine/engine_fixture_testing.hpp"

namespace qd::engine {
namespace {

class StartWriterTest : public EngineTest {
 protected:
  void SetUp() override { open(); }
  static model::Execution run_of(const std::string& job) {
    model::Execution execution;
    execution.project = "p";
    execution.job_uuid = job;
    execution.status = model::status::running;
    execution.started = 1000;
    return execution;
  }
  std::int64_t stored(const std::string& job) {
    return database->query("SELECT COUNT(*) FROM execution WHERE job_uuid LIKE ?", {job}).at(0).integer(0);
  }

  const model::Incarnation nobody{"nobody", 1};
};

TEST_F(StartWriterTest, WritesWhatManyCallersBringEachOnce) {
  StartWriter writer(*database);
  constexpr int kCallers = 8, kEach = 50;
  std::mutex mutex;
  std::set<model::ExecutionId> ids;
  std::vector<std::thread> callers;
  for (int caller = 0; caller < kCallers; ++caller) {
    callers.emplace_back([&, caller] {
      for (int i = 0; i < kEach; ++i) {
        auto execution = run_of("start-" + std::to_string(caller) + "-" + std::to_string(i));
        EXPECT_TRUE(writer.write(nobody, execution));
        const auto row = executions->find(execution.id);
        EXPECT_EQ(row ? row->job_uuid : "", execution.job_uuid);
        const std::lock_guard lock(mutex);
        ids.insert(execution.id);
      }
    });
  }
  for (auto& caller : callers) caller.join();
  EXPECT_EQ(ids.size(), static_cast<std::size_t>(kCallers * kEach));
  EXPECT_EQ(stored("start-%"), kCallers * kEach);
}

// The database is held while they gather, so that those that come behind the first are one group for certain.
TEST_F(StartWriterTest, OneThatFailsTakesNoOthersAlong) {
  StartWriter writer(*database);
  std::atomic<int> failures = 0, inserted = 0;
  std::vector<std::thread> callers;
  database->transact([&](store::Session&) {
    for (int caller = 0; caller < 6; ++caller) {
      callers.emplace_back([&, caller] {
        auto execution = run_of("one-" + std::to_string(caller));
        if (caller == 2) execution.description = std::string("no NUL \0 in texts", 17);
        try {
          if (writer.write(nobody, execution)) ++inserted;
        } catch (const store::DatabaseError&) {
          ++failures;
        }
      });
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  });
  for (auto& caller : callers) caller.join();
  EXPECT_EQ(failures, 1);
  EXPECT_EQ(inserted, 5);
  EXPECT_EQ(stored("one-%"), 5);
}

TEST_F(StartWriterTest, ADeadLifeWritesNothing) {
  StartWriter writer(*database);
  database->execute("INSERT INTO member VALUES ('m', 7, 'live', '', '', '', '', '', 0, 0, '', '', '', '', '', '')");
  const auto write = [&](std::int64_t number) {
    auto execution = run_of("life-" + std::to_string(number));
    const bool written = writer.write({"m", number}, execution);
    EXPECT_EQ(execution.id != 0, written);
    return written;
  };
  const auto write_alone = [&](std::int64_t number) {
    return writer.write_alone({"m", number}, [](store::Session&) { return true; });
  };
  EXPECT_FALSE(write(6));
  EXPECT_EQ(write_alone(6), StartWriter::Written::dead);
  EXPECT_TRUE(write(7));
  EXPECT_EQ(write_alone(7), StartWriter::Written::inserted);
  database->execute("UPDATE member SET state = 'dead' WHERE uuid = 'm'");
  EXPECT_FALSE(write(7));
  EXPECT_EQ(stored("life-%"), 1);
}

TEST_F(StartWriterTest, ARowOfItsOwnMayBeRefused) {
  StartWriter writer(*database);
  EXPECT_EQ(writer.write_alone(nobody, [](store::Session&) { return false; }), StartWriter::Written::refused);
}

}  // namespace
}  // namespace qd::engine
