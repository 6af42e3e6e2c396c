// What archives of projects read and write of executions.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/execution.hpp"
#include "store/database.hpp"

namespace qd::store {

// A place in the list of a project's executions, oldest first.
struct ExecutionMark {
  UnixMillis sort = -1;
  model::ExecutionId id = 0;

  static ExecutionMark of(const model::Execution& execution) {
    return {execution.started.value_or(execution.scheduled_for.value_or(0)), execution.id};
  }
};

// Thread-safe.
class ExecutionArchive {
 public:
  explicit ExecutionArchive(Database& database) : database_(database) {}

  // Whole rows of a project's executions behind `after`, oldest first.
  std::vector<model::Execution> page(const std::string& project, const ExecutionMark& after, std::size_t max);
  std::map<model::ExecutionId, std::string> states(const std::vector<model::ExecutionId>& ids);  // JSON texts

  // In the caller's transaction: inserts one that has ended, with its state, and gives its id.
  static model::ExecutionId adopt(Session& session, const model::Execution& execution, const std::string& state);
  static void set_links(Session& session, const model::Execution& execution);  // to the runs before and after it

 private:
  Database& database_;
};

}  // namespace qd::store
