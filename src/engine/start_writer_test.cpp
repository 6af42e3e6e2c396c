#include "engine/start_writer.hpp"

#include <atomic>
#include <thread>

#include "engine/engine_fixture_testing.hpp"

namespace qd::engine {
namespace {

constexpr const char* kInsert = "INSERT INTO setting (name, value) VALUES (?, 'x')";

class StartWriterTest : public EngineTest {
 protected:
  void SetUp() override { open(); }
  std::int64_t stored(const std::string& name) {
    return database->query("SELECT COUNT(*) FROM setting WHERE name LIKE ?", {name}).at(0).integer(0);
  }
};

TEST_F(StartWriterTest, WritesWhatManyCallersBringEachOnce) {
  StartWriter writer(*database);
  constexpr int kCallers = 8, kEach = 50;
  std::atomic<int> inserted = 0;
  std::vector<std::thread> callers;
  for (int caller = 0; caller < kCallers; ++caller) {
    callers.emplace_back([&, caller] {
      for (int i = 0; i < kEach; ++i) {
        const auto name = "start-" + std::to_string(caller) + "-" + std::to_string(i);
        const auto written =
            writer.write({"nobody", 1}, [&](store::Session& session) { return session.execute(kInsert, {name}) == 1; });
        if (written == StartWriter::Written::inserted) ++inserted;
      }
    });
  }
  for (auto& caller : callers) caller.join();
  EXPECT_EQ(inserted, kCallers * kEach);
  EXPECT_EQ(stored("start-%"), kCallers * kEach);
}

// The first caller holds the database while the others gather behind it: they are one group for certain.
TEST_F(StartWriterTest, OneThatFailsTakesNoOthersAlong) {
  StartWriter writer(*database);
  std::atomic<bool> in_first = false;
  std::atomic<int> failures = 0, inserted = 0, refused = 0;
  std::thread first([&] {
    writer.write({"nobody", 1}, [&](store::Session&) {
      in_first = true;
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
      return true;
    });
  });
  while (!in_first) std::this_thread::yield();
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 6; ++caller) {
    callers.emplace_back([&, caller] {
      try {
        const auto written = writer.write({"nobody", 1}, [&](store::Session& session) {
          if (caller == 2) session.execute("INSERT INTO no_such_table (a) VALUES (1)", {});
          if (caller == 4) return false;
          return session.execute(kInsert, {"one-" + std::to_string(caller)}) == 1;
        });
        ++(written == StartWriter::Written::inserted ? inserted : refused);
      } catch (const store::DatabaseError&) {
        ++failures;
      }
    });
  }
  first.join();
  for (auto& caller : callers) caller.join();
  EXPECT_EQ(failures, 1);
  EXPECT_EQ(refused, 1);
  EXPECT_EQ(inserted, 4);
  EXPECT_EQ(stored("one-%"), 4);
}

TEST_F(StartWriterTest, ADeadLifeWritesNothing) {
  StartWriter writer(*database);
  database->execute("INSERT INTO member VALUES ('m', 7, 'live', '', '', '', '', '', 0, 0, '', '', '', '', '', '')");
  const auto write = [&](std::int64_t number) {
    return writer.write({"m", number}, [&](store::Session& session) {
      return session.execute(kInsert, {"life-" + std::to_string(number)}) == 1;
    });
  };
  EXPECT_EQ(write(6), StartWriter::Written::dead);
  EXPECT_EQ(write(7), StartWriter::Written::inserted);
  database->execute("UPDATE member SET state = 'dead' WHERE uuid = 'm'");
  EXPECT_EQ(write(7), StartWriter::Written::dead);
  EXPECT_EQ(stored("life-%"), 1);
}

}  // namespace
}  // namespace qd::engine
