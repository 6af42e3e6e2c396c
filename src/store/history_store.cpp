#include "store/history_store.hpp"

#include <algorithm>

namespace qd::store {
namespace {

constexpr const char* count_ended = "SELECT COUNT(*) FROM execution WHERE project = ? AND ended_ms IS NOT NULL";
constexpr const char* select_old =
    "SELECT id, server_uuid, log_path FROM execution WHERE project = ? AND ended_ms IS NOT NULL AND ended_ms <= ? AND "
    "active IS NULL ORDER BY ended_ms, id LIMIT ?";
// Times have as many digits until the year 2286, so that texts compare as numbers do.
constexpr const char* advance_cleaning = "UPDATE setting SET value = ? WHERE name = ? AND value < ?";
constexpr const char* insert_cleaning = "INSERT INTO setting (name, value) VALUES (?, ?)";
constexpr const char* cleaning_prefix = "history.cleaned/";

}  // namespace

std::vector<model::Execution> HistoryStore::old_executions(const std::string& project, UnixMillis ended_before,
                                                           std::int64_t keep, std::int64_t max) {
  std::vector<model::Execution> old;
  const auto spare = database_.query(count_ended, {project}).at(0).integer(0) - keep;
  if (spare <= 0) return old;
  for (const auto& row : database_.query(select_old, {project, ended_before, std::min(spare, max)})) {
    model::Execution execution;
    execution.id = row.integer(0);
    execution.project = project;
    execution.server_uuid = row.text(1);
    execution.log_path = row.text(2);
    old.push_back(std::move(execution));
  }
  return old;
}

bool HistoryStore::claim_cleaning(const std::string& project, UnixMillis due) {
  const auto text = std::to_string(due), name = cleaning_prefix + project;
  if (database_.execute(advance_cleaning, {text, name, text}) > 0) return true;
  try {
    return database_.execute(insert_cleaning, {name, text}) > 0;
  } catch (const UniqueViolation&) {  // another member was first
    return false;
  }
}

}  // namespace qd::store
