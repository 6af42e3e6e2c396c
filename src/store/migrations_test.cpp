#include "store/migrations.hpp"

#include <gmock/gmock.h>
#include <thread>

#include "store/testing/database_test_case.hpp"

namespace qd::store {
namespace {

using testing::fresh_database;
using ::testing::HasSubstr;
using testing::open_or_fail;

class MigrationsTest : public testing::DatabaseTestCase {};
QD_ON_EVERY_DATABASE(MigrationsTest);

std::int64_t recorded(Database& database) {
  return database.query("SELECT COUNT(*) FROM schema_migration").at(0).integer(0);
}

TEST_P(MigrationsTest, AreRecordedAndAppliedOnce) {
  const auto rows =
      database_->query("SELECT number, name, checksum, applied_at_ms FROM schema_migration ORDER BY number");
  ASSERT_EQ(rows.size(), known_migrations().size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].integer(0), static_cast<std::int64_t>(i + 1));
    EXPECT_EQ(rows[i].text(1), known_migrations()[i].name);
    EXPECT_EQ(rows[i].text(2).size(), 32u);
    EXPECT_GT(rows[i].integer(3), 0);
  }
  migrate(*database_);
  EXPECT_EQ(recorded(*database_), static_cast<std::int64_t>(known_migrations().size()));
}

TEST_P(MigrationsTest, MembersThatStartTogetherTakeTurns) {
  const auto config = fresh_database(GetParam());
  std::vector<std::string> failures(4);
  {
    std::vector<std::jthread> members;
    for (auto& failure : failures) {
      members.emplace_back([&config, &failure] {
        const auto database = Database::open(config);
        if (!database) failure = database.error().message;
      });
    }
  }
  for (const auto& failure : failures) EXPECT_EQ(failure, "");
  EXPECT_EQ(recorded(*open_or_fail(config)), static_cast<std::int64_t>(known_migrations().size()));
}

TEST_P(MigrationsTest, AddWhatIsNew) {
  auto newer = known_migrations();
  newer.push_back(
      {static_cast<int>(newer.size()) + 1, "colours", {"ALTER TABLE job ADD COLUMN colour {key} DEFAULT 'grey'"}});
  migrate(*database_, newer);
  EXPECT_EQ(database_->query("SELECT colour FROM job").size(), 0u);
  EXPECT_EQ(recorded(*database_), static_cast<std::int64_t>(newer.size()));
  EXPECT_TRUE(Database::open(config_).has_value());  // the older version goes on beside the newer
}

TEST_P(MigrationsTest, ADifferentContentIsRefused) {
  database_->execute("UPDATE schema_migration SET checksum = 'other' WHERE number = 2");
  const auto opened = Database::open(config_);
  ASSERT_FALSE(opened.has_value());
  EXPECT_THAT(opened.error().message,
              HasSubstr("step 2 of the schema (\"executions\") was applied with another content"));
}

TEST_P(MigrationsTest, ABrokenStepLeavesNothingRecorded) {
  auto broken = known_migrations();
  const int number = static_cast<int>(broken.size()) + 1;
  broken.push_back({number, "broken", {"CREATE TABLE half (a {int})", "CREATE TABLE oops ("}});
  EXPECT_THROW(migrate(*database_, broken), DatabaseError);
  EXPECT_EQ(recorded(*database_), number - 1);
  broken.back().statements[1] = "CREATE TABLE other_half (a {int})";
  migrate(*database_, broken);  // repaired, it goes through, whatever the first attempt left behind
  EXPECT_EQ(recorded(*database_), number);
  EXPECT_EQ(database_->execute("INSERT INTO half (a) VALUES (1)"), 1);
}

}  // namespace
}  // namespace qd::store
