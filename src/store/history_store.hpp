// The history of a project: which executions are old, and which member cleans them away.
#pragma once

#include <string>
#include <vector>

#include "model/execution.hpp"
#include "store/database.hpp"

namespace qd::store {

// Thread-safe.
class HistoryStore {
 public:
  explicit HistoryStore(Database& database) : database_(database) {}

  // Executions of a project that ended before, oldest first: at most `max`, and so few that `keep` of all that ended
  // stay. With id, project, server_uuid and log_path alone.
  std::vector<model::Execution> old_executions(const std::string& project, UnixMillis ended_before, std::int64_t keep,
                                               std::int64_t max);
  // Takes the cleaning of a project's history that was due at `due`: true for one member alone.
  bool claim_cleaning(const std::string& project, UnixMillis due);

 private:
  Database& database_;
};

}  // namespace qd::store
