// What lists cost when there is much to list: the plans that the databases make for them at 20,000 executions.
#include <gmock/gmock.h>

#include "base/text.hpp"
#include "store/execution_filter.hpp"
#include "store/execution_row.hpp"
#include "store/execution_store.hpp"
#include "store/sql_text.hpp"
#include "store/testing/database_test_case.hpp"

namespace qd::store {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int rows = 20'000;

class ExecutionPlanTest : public testing::DatabaseTestCase {
 protected:
  void SetUp() override {
    DatabaseTestCase::SetUp();
    database_->transact([](Session& session) {
      const auto sql = std::string("INSERT INTO execution (") + execution_columns + ") VALUES (" +
                       placeholders(execution_column_count) + ")";
      model::Execution execution;
      execution.server_uuid = "member1";
      execution.description = std::string(300, 'd');
      for (int i = 0; i < rows; ++i) {
        execution.project = "p" + std::to_string(i % 10);
        execution.job_uuid = "job" + std::to_string(i % 100);
        execution.status = i % 50 == 0 ? "failed" : i > rows - 20 ? "running" : "succeeded";
        execution.started = 1'000'000 + i * 1000;
        if (execution.status != "running") execution.ended = *execution.started + 500;
        session.execute(sql, columns_of(execution));
      }
    });
    if (GetParam() != Dialect::mariadb) database_->execute("ANALYZE");
    if (GetParam() == Dialect::mariadb) database_->query("ANALYZE TABLE execution");
  }

  // The plan as text: one line per step; MariaDB's columns type, key and Extra.
  std::string plan(const std::string& sql, const Params& params) {
    const auto explain = std::string(GetParam() == Dialect::sqlite ? "EXPLAIN QUERY PLAN " : "EXPLAIN ");
    std::string text;
    if (GetParam() == Dialect::postgresql) {
      // The server explains what it is given: the values have to stand in the text.
      std::string inlined;
      std::size_t next = 0;
      for (const char c : sql) {
        if (c != '?') {
          inlined += c;
          continue;
        }
        const auto& value = params.at(next++);
        const auto* number = std::get_if<std::int64_t>(&value);
        inlined += number != nullptr ? std::to_string(*number) : "'" + std::get<std::string>(value) + "'";
      }
      for (const auto& row : database_->query(explain + inlined)) text += row.text(0) + "\n";
      return text;
    }
    for (const auto& row : database_->query(explain + sql, params)) {
      text += GetParam() == Dialect::sqlite ? row.text(3) + "\n"
                                            : row.text(3) + " " + row.text(5) + " " + row.text(9) + "\n";
    }
    return text;
  }

  std::string list_plan(ExecutionQuery query) {
    const auto conditions = execution_conditions(GetParam(), query);
    return plan(select_execution + conditions.where() + " ORDER BY sort_ms DESC, id DESC LIMIT ? OFFSET ?",
                conditions.params_and({std::int64_t{50}, std::int64_t{0}}));
  }
  std::string count_plan(ExecutionQuery query) {
    const auto conditions = execution_conditions(GetParam(), query);
    return plan("SELECT COUNT(*) FROM execution" + conditions.where(), conditions.params());
  }

  // No sort, no look at every row. PostgreSQL weighs: it may take another of the indexes, and sort a handful of rows.
  ::testing::Matcher<std::string> walks(const std::string& index) {
    if (GetParam() == Dialect::postgresql) return AllOf(HasSubstr("execution_by_"), Not(HasSubstr("Seq Scan")));
    return AllOf(HasSubstr(index), Not(HasSubstr("TEMP B-TREE")), Not(HasSubstr("filesort")));
  }
  // Answered by the index alone.
  auto counts_in(const char* index) {
    const char* covering = GetParam() == Dialect::sqlite       ? "COVERING INDEX"
                           : GetParam() == Dialect::postgresql ? "Index Only Scan"
                                                               : "Using index";
    return AllOf(HasSubstr(index), HasSubstr(covering));
  }
};
QD_ON_EVERY_DATABASE(ExecutionPlanTest);

TEST_P(ExecutionPlanTest, ListsWalkTheirIndex) {
  if (GetParam() == Dialect::postgresql) database_->execute("VACUUM execution");
  EXPECT_THAT(list_plan({.project = "p1"}), walks("execution_by_project"));
  EXPECT_THAT(list_plan({.project = "p1", .statuses = {"failed"}}), walks("execution_by_status"));
  EXPECT_THAT(list_plan({.job_uuids = {"job7"}}), walks("execution_by_job"));
  EXPECT_THAT(list_plan({.project = "p1", .finished_only = true}), walks("execution_by_project"));
  EXPECT_THAT(list_plan({.project = "p1", .running_only = true}), HasSubstr("execution_"));
  EXPECT_THAT(list_plan({.running_only = true}), AnyOf(HasSubstr("execution_active"), HasSubstr("execution_waiting")));
  EXPECT_THAT(count_plan({.project = "p1"}), counts_in("execution_by_"));
  EXPECT_THAT(count_plan({.project = "p1", .statuses = {"failed"}}), counts_in("execution_by_status"));
  EXPECT_THAT(count_plan({.project = "p1", .finished_only = true}), counts_in("execution_by_end"));
  EXPECT_THAT(count_plan({.job_uuids = {"job7"}}), counts_in("execution_by_job"));
  EXPECT_THAT(count_plan({.running_only = true}), AnyOf(HasSubstr("execution_active"), HasSubstr("execution_waiting")));
  EXPECT_THAT(list_plan({.project = "p1", .ended_after = 1'000'000 + (rows - 10) * 1000}), HasSubstr("execution_by_"));
  const auto page = ExecutionStore(*database_).query({.project = "p1", .max = 50});
  EXPECT_EQ(page.total, rows / 10);
  EXPECT_EQ(page.executions.size(), 50u);
}

}  // namespace
}  // namespace qd::store
