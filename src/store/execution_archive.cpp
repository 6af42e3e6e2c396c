#include "store/execution_archive.hpp"

#include "store/condition.hpp"
#include "store/execution_row.hpp"
#include "store/sql_text.hpp"

namespace qd::store {
namespace {

constexpr const char* where_behind =
    " WHERE project = ? AND (sort_ms > ? OR (sort_ms = ? AND id > ?)) ORDER BY sort_ms, id LIMIT ?";
const std::string insert_ended = std::string("INSERT INTO execution (") + execution_columns + ") VALUES (" +
                                 placeholders(execution_column_count) + ")";
constexpr const char* update_links = "UPDATE execution SET retry_of = ?, retried_as = ?, original_id = ? WHERE id = ?";

Value link(const std::optional<model::ExecutionId>& id) {
  return id ? Value(*id) : Value(nullptr);
}

}  // namespace

std::vector<model::Execution> ExecutionArchive::page(const std::string& project, const ExecutionMark& after,
                                                     std::size_t max) {
  static const std::string sql = std::string(select_execution_whole) + where_behind;
  std::vector<model::Execution> executions;
  const Params params{project, after.sort, after.sort, after.id, static_cast<std::int64_t>(max)};
  for (const auto& row : database_.query(sql, params)) executions.push_back(read_whole_execution(row));
  return executions;
}

std::map<model::ExecutionId, std::string> ExecutionArchive::states(const std::vector<model::ExecutionId>& ids) {
  std::map<model::ExecutionId, std::string> states;
  if (ids.empty()) return states;
  const auto condition = is_one_of("id", ids);
  for (const auto& row : database_.query("SELECT id, state FROM execution WHERE " + condition.sql, condition.params))
    states[row.integer(0)] = row.text(1);
  return states;
}

model::ExecutionId ExecutionArchive::adopt(Session& session, const model::Execution& execution,
                                           const std::string& state) {
  auto columns = columns_of(execution);
  columns.back() = state;
  return session.insert(insert_ended, columns);
}

void ExecutionArchive::set_links(Session& session, const model::Execution& execution) {
  session.execute(update_links,
                  {link(execution.retry_of), link(execution.retried_as), link(execution.original), execution.id});
}

}  // namespace qd::store
