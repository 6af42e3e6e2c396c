#include "store/database.hpp"

#include <atomic>
#include <barrier>
#include <future>
#include <gmock/gmock.h>
#include <thread>

#include "store/sql_text.hpp"
#include "store/testing/database_test_case.hpp"

namespace qd::store {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::fresh_database;
using ::testing::HasSubstr;
using testing::open_or_fail;

constexpr const char* put_sql = "INSERT INTO setting (name, value) VALUES (?, ?)";
constexpr const char* get_sql = "SELECT value FROM setting WHERE name = ?";

std::string error_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const DatabaseError& error) {
    return error.what();
  }
  return "no error";
}

class DatabaseTest : public testing::DatabaseTestCase {};
QD_ON_EVERY_DATABASE(DatabaseTest);

TEST_P(DatabaseTest, KeepsEveryKindOfText) {
  const std::vector<std::string> texts = {"",
                                          " ",
                                          "a ",
                                          "Ünïcödé ✓ 漢字 🚀",
                                          "it's \"quoted\" \\ `x` ? $1 % _",
                                          "line\r\nline\ttab",
                                          std::string(300'000, 'x'),
                                          "\x01\x1f\x7f"};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto key = "key" + std::to_string(i);
    EXPECT_EQ(database_->execute(put_sql, {key, texts[i]}), 1);
    EXPECT_EQ(database_->query(get_sql, {key}).at(0).text(0), texts[i]);
  }
}

TEST_P(DatabaseTest, TakesTrailingBlanksAndCaseForDifferentKeys) {
  for (const char* key : {"a", "a ", "A", "á", "Á"}) EXPECT_EQ(database_->execute(put_sql, {key, key}), 1);
  EXPECT_EQ(database_->query(get_sql, {"a "}).at(0).text(0), "a ");
  std::vector<std::string> sorted;
  for (const auto& row : database_->query("SELECT name FROM setting ORDER BY name")) sorted.push_back(row.text(0));
  EXPECT_EQ(sorted, (std::vector<std::string>{"A", "a", "a ", "Á", "á"}));
}

TEST_P(DatabaseTest, RunsManyStatementsAsOneTransaction) {
  std::vector<Statement> statements;
  for (int i = 0; i < 300; ++i) statements.push_back({put_sql, {"key" + std::to_string(i), std::string(100, 'x')}});
  EXPECT_EQ(database_->execute_all(statements), std::vector<std::int64_t>(300, 1));
  const std::string change = "UPDATE setting SET value = ? WHERE name = ?";
  EXPECT_THAT(database_->execute_all({{change, {"a", "key1"}}, {change, {"b", "nobody"}}, {change, {"c", "key299"}}}),
              ElementsAre(1, 0, 1));
  EXPECT_THAT(database_->execute_all({{change, {"d", "key2"}}}), ElementsAre(1));
  EXPECT_THAT(database_->execute_all({}), ElementsAre());
  EXPECT_EQ(database_->query(get_sql, {"key299"}).at(0).text(0), "c");
}

TEST_P(DatabaseTest, ManyStatementsAnswerWithIdsOrCountsInTheirOrder) {
  const std::string insert =
      "INSERT INTO cluster_event (at_ms, kind, member_uuid, target_uuid, message, detail) SELECT ?, 'k', '', '', '', "
      "'' "
      "FROM (SELECT 1 AS one) once WHERE EXISTS (SELECT 1 FROM setting WHERE name = ?)";
  using Answer = Statement::Answer;
  const auto answers = database_->execute_all({{put_sql, {"there", "1"}},
                                               {insert, {std::int64_t{1}, "there"}, Answer::id},
                                               {insert, {std::int64_t{2}, "not there"}, Answer::id},
                                               {insert, {std::int64_t{3}, "there"}, Answer::id}});
  ASSERT_EQ(answers.size(), 4u);
  EXPECT_EQ(answers[0], 1);
  EXPECT_GT(answers[1], 0);
  EXPECT_EQ(answers[2], 0);
  EXPECT_GT(answers[3], answers[1]);
  const auto rows = database_->query("SELECT id FROM cluster_event WHERE kind = 'k' ORDER BY at_ms");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].integer(0), answers[1]);
  EXPECT_EQ(rows[1].integer(0), answers[3]);
}

TEST_P(DatabaseTest, OneStatementThatFailsRollsBackTheOthersAndLeavesTheConnectionUsable) {
  const std::vector<Statement> statements = {
      {put_sql, {"new", "1"}}, {put_sql, {"taken", "2"}}, {put_sql, {"later", "3"}}};
  database_->execute(put_sql, {"taken", "0"});
  EXPECT_THROW(database_->execute_all(statements), UniqueViolation);
  EXPECT_THROW(database_->transact([&](Session& session) { session.execute_all(statements); }), UniqueViolation);
  EXPECT_TRUE(database_->query(get_sql, {"new"}).empty());
  EXPECT_TRUE(database_->query(get_sql, {"later"}).empty());
  database_->execute("DELETE FROM setting", {});
  database_->execute_all(statements);
  EXPECT_EQ(database_->query(get_sql, {"later"}).at(0).text(0), "3");
}

TEST_P(DatabaseTest, KeepsNumbersBytesAndNull) {
  database_->execute("CREATE TABLE kinds (i BIGINT, d DOUBLE PRECISION, b " +
                     std::string(GetParam() == Dialect::postgresql ? "BYTEA" : "LONGBLOB") + ", s SMALLINT)");
  std::string bytes;
  for (int i = 0; i < 1024; ++i) bytes += static_cast<char>(i);
  const auto lowest = std::numeric_limits<std::int64_t>::min(), highest = std::numeric_limits<std::int64_t>::max();
  constexpr const char* insert = "INSERT INTO kinds (i, d, b, s) VALUES (?, ?, ?, ?)";
  database_->execute(insert, {lowest, 0.1, Blob{bytes}, std::int64_t{1}});
  database_->execute(insert, {highest, -1e300, Blob{""}, std::int64_t{0}});
  database_->execute(insert, {nullptr, nullptr, nullptr, nullptr});
  const auto rows = database_->query("SELECT i, d, b, s FROM kinds ORDER BY CASE WHEN i IS NULL THEN 1 ELSE 0 END, i");
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].integer(0), lowest);
  EXPECT_EQ(rows[0].real(1), 0.1);
  EXPECT_EQ(rows[0].text(2), bytes);
  EXPECT_TRUE(rows[0].truth(3));
  EXPECT_EQ(rows[1].integer(0), highest);
  EXPECT_EQ(rows[1].real(1), -1e300);
  EXPECT_EQ(rows[1].optional_text(2), "");
  EXPECT_FALSE(rows[1].truth(3));
  for (std::size_t column = 0; column < 4; ++column) EXPECT_TRUE(rows[2].null(column)) << column;
  EXPECT_EQ(rows[2].optional_integer(0), std::nullopt);
  EXPECT_EQ(database_->query("SELECT SUM(s), COUNT(*) FROM kinds").at(0).integer(0), 1);
}

TEST_P(DatabaseTest, RefusesNulBytesAndBrokenUtf8) {
  const std::string with_nul("a\0b", 3);
  EXPECT_THAT(error_of([&] {
                database_->execute(put_sql, {"k", with_nul});
              }),
              AllOf(HasSubstr("value 2 of 2"), HasSubstr("NUL byte at offset 1"), HasSubstr("INSERT INTO setting")));
  EXPECT_THAT(error_of([&] { database_->execute(put_sql, {"k", "\xff\xfe"}); }), HasSubstr("no valid UTF-8"));
  EXPECT_TRUE(database_->query(get_sql, {"k"}).empty());
}

TEST_P(DatabaseTest, ToldOfTakenKeys) {
  database_->execute(put_sql, {"k", "first"});
  EXPECT_THROW(database_->execute(put_sql, {"k", "second"}), UniqueViolation);
  EXPECT_EQ(database_->query(get_sql, {"k"}).at(0).text(0), "first");
}

TEST_P(DatabaseTest, NamesTheBrokenStatement) {
  const auto message =
      error_of([&] { database_->query("SELECT nothing FROM nowhere WHERE a = ?", {std::int64_t{1}}); });
  EXPECT_THAT(message, AllOf(HasSubstr("nowhere"), HasSubstr("SELECT nothing FROM")));
  EXPECT_EQ(database_->query("SELECT COUNT(*) FROM setting").at(0).integer(0), 0);  // and goes on working
}

TEST_P(DatabaseTest, CountsMatchedRowsEvenWhenNothingChanges) {
  database_->execute(put_sql, {"k", "v"});
  constexpr const char* update = "UPDATE setting SET value = ? WHERE name = ?";
  EXPECT_EQ(database_->execute(update, {"v", "k"}), 1);
  EXPECT_EQ(database_->execute(update, {"v", "other"}), 0);
}

TEST_P(DatabaseTest, TransactionsAreAllOrNothing) {
  database_->transact([](Session& session) {
    session.execute(put_sql, {"a", "1"});
    session.execute(put_sql, {"b", "2"});
  });
  EXPECT_THROW(database_->transact([](Session& session) {
    session.execute("DELETE FROM setting", {});
    throw std::logic_error("stop");
  }),
               std::logic_error);
  EXPECT_THROW(database_->transact([](Session& session) {
    session.execute("DELETE FROM setting", {});
    session.execute(put_sql, {"c", "3"});
    session.execute(put_sql, {"c", "3"});
  }),
               UniqueViolation);
  EXPECT_EQ(database_->query("SELECT COUNT(*) FROM setting").at(0).integer(0), 2);
}

TEST_P(DatabaseTest, UpsertsReplaceOnlyWhatTheyName) {
  const auto sql =
      upsert_sql(GetParam(), "user_profile", {"login", "first_name", "last_name", "email", "created_ms", "updated_ms"},
                 "login", {"email"});
  for (const char* email : {"old@x", "new@x"}) {
    database_->execute(sql, {"ann", email, "", email, std::int64_t{1}, std::int64_t{2}});
  }
  const auto rows = database_->query("SELECT first_name, email FROM user_profile");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].text(0), "old@x");
  EXPECT_EQ(rows[0].text(1), "new@x");
}

TEST_P(DatabaseTest, TellsTheTime) {
  const auto here = SystemClock().now();
  EXPECT_NEAR(static_cast<double>(database_->now()), static_cast<double>(here), 5000.0);
}

TEST_P(DatabaseTest, ManyThreadsWriteAtOnce) {
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([this, thread] {
      for (int i = 0; i < 50; ++i) database_->execute(put_sql, {std::to_string(thread) + "/" + std::to_string(i), "v"});
    });
  }
  threads.clear();
  EXPECT_EQ(database_->query("SELECT COUNT(*) FROM setting").at(0).integer(0), 400);
  EXPECT_LE(database_->pool_stats().open, database_->pool_stats().limit);
  EXPECT_EQ(database_->pool_stats().busy, 0u);
}

// Two transactions that lock the same two rows in opposite order; each waits until the other holds its first one.
TEST_P(DatabaseTest, TriesAgainAfterADeadlock) {
  if (GetParam() == Dialect::sqlite) GTEST_SKIP() << "one writer: no deadlocks";
  database_->execute(put_sql, {"a", "0"});
  database_->execute(put_sql, {"b", "0"});
  std::atomic<int> arrived = 0, attempts = 0;
  const auto move = [&](const char* first, const char* second) {
    database_->transact([&](Session& session) {
      ++attempts;
      constexpr const char* add = "UPDATE setting SET value = CONCAT(value, '1') WHERE name = ?";
      session.execute(add, {first});
      ++arrived;
      while (arrived < 2) std::this_thread::yield();
      session.execute(add, {second});
    });
  };
  auto other = std::async(std::launch::async, move, "b", "a");
  move("a", "b");
  other.get();
  EXPECT_GE(attempts, 3);
  EXPECT_EQ(database_->query(get_sql, {"a"}).at(0).text(0), "011");
  EXPECT_EQ(database_->query(get_sql, {"b"}).at(0).text(0), "011");
}

TEST_P(DatabaseTest, SaysThatAllConnectionsAreBusy) {
  config_.pool_size = 2;
  config_.acquire_timeout = std::chrono::milliseconds(100);
  database_ = open_or_fail(config_);
  std::string message;
  database_->run([&](Session& first) {
    first.execute(put_sql, {"a", "1"});
    if (GetParam() == Dialect::sqlite) {
      message = error_of([&] { database_->execute(put_sql, {"b", "1"}); });
      return;
    }
    database_->run([&](Session&) {
      try {
        database_->execute(put_sql, {"b", "1"});
      } catch (const DatabaseError& error) {
        EXPECT_TRUE(error.unavailable);
        message = error.what();
      }
    });
  });
  EXPECT_THAT(message, HasSubstr(GetParam() == Dialect::sqlite ? "the SQLite writer was busy for 100 ms"
                                                               : "all 2 database connections were busy for 100 ms"));
  EXPECT_EQ(database_->execute(put_sql, {"b", "1"}), 1);  // and goes on working
}

TEST_P(DatabaseTest, ReadersOfSqliteCannotWrite) {
  if (GetParam() != Dialect::sqlite) GTEST_SKIP();
  EXPECT_THROW(database_->run([](Session& session) { session.execute(put_sql, {"a", "1"}); }, true), DatabaseError);
}

TEST_P(DatabaseTest, AnUnreachableServerIsUnavailable) {
  if (GetParam() == Dialect::sqlite) {
    config_.url = "sqlite:/nowhere/at/all.db";
  } else {
    const auto kind = GetParam() == Dialect::postgresql ? "postgresql" : "mariadb";
    config_.url = std::string("jdbc:") + kind + "://127.0.0.1:" + std::to_string(testing::free_port()) + "/rundeck";
  }
  const auto opened = Database::open(config_);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(opened.error().message, ::testing::HasSubstr("cannot be used"));
}

// Writers write and note what was acknowledged, while the server is killed and comes back. Everything acknowledged must
// be there; nothing may crash; and afterwards the database works again.
TEST_P(DatabaseTest, LosesNothingAcknowledgedWhenTheServerRestartsUnderLoad) {
  if (GetParam() == Dialect::sqlite) GTEST_SKIP() << "no server";
  std::atomic<bool> stop = false;
  std::atomic<int> acknowledged = 0, errors = 0;
  std::vector<std::vector<std::string>> kept(4);
  std::vector<std::jthread> writers;
  for (std::size_t writer = 0; writer < kept.size(); ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0; !stop; ++i) {
        const auto key = std::to_string(writer) + "/" + std::to_string(i);
        try {
          if (i % 3 == 0) {
            database_->transact([&](Session& session) { session.execute(put_sql, {key, "v"}); });
          } else {
            database_->execute(put_sql, {key, "v"});
          }
          kept[writer].push_back(key);
          ++acknowledged;
        } catch (const DatabaseError& error) {
          if (!error.unavailable) ADD_FAILURE() << error.what();
          ++errors;
        }
      }
    });
  }
  const auto await_more = [&](int more) {
    const auto target = acknowledged + more;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (acknowledged < target && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    ASSERT_GE(acknowledged, target);
  };
  for (int restart = 0; restart < 2; ++restart) {
    await_more(200);
    testing::server_of(GetParam()).crash_and_restart();
  }
  await_more(200);
  stop = true;
  writers.clear();
  EXPECT_GT(errors, 0);
  EXPECT_GT(database_->pool_stats().reconnects, 0u);
  for (const auto& keys : kept) {
    for (const auto& key : keys) ASSERT_EQ(database_->query(get_sql, {key}).size(), 1u) << key;
  }
}

TEST_P(DatabaseTest, IdleConnectionsCutByARestartCostNoError) {
  if (GetParam() == Dialect::sqlite) GTEST_SKIP() << "no server";
  database_->execute(put_sql, {"before", "v"});
  testing::server_of(GetParam()).crash_and_restart();
  EXPECT_EQ(database_->execute(put_sql, {"after", "v"}), 1);
  testing::server_of(GetParam()).crash_and_restart();
  database_->transact([](Session& session) { session.execute(put_sql, {"third", "v"}); });
  EXPECT_EQ(database_->query("SELECT COUNT(*) FROM setting").at(0).integer(0), 3);
}

}  // namespace
}  // namespace qd::store
