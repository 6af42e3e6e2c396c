// Searching in the output of executions: of one, and of many of a project. There is no index beside the logs: what is
// stored is read, newest first, within limits.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "auth/identity.hpp"
#include "log/search.hpp"
#include "service/executions.hpp"
#include "service/output.hpp"

namespace qd::service {

struct TextQuery {
  std::string text;
  bool regex = false;
  bool ignore_case = false;
  std::string node, stepctx;
};

struct ExecutionHits {
  model::Execution execution;
  std::vector<log::ReadEvent> hits;
  bool more = false;  // of this execution
};

struct ProjectHits {
  std::vector<ExecutionHits> executions;   // those with hits, newest first
  std::vector<model::ExecutionId> unread;  // whose output is not here yet: it is being fetched
  std::size_t searched = 0;                // executions
  std::size_t next = 0;                    // offset in the list of executions where to go on
  bool more = false;
};

// Thread-safe; blocks on files and the database.
class OutputSearch {
 public:
  OutputSearch(Executions& executions, Output& output, const Clock& clock)
      : executions_(executions), output_(output), clock_(clock) {}

  // Of an execution that was found, and so authorised, before. `view` is where its output is.
  Result<log::SearchPage> in_execution(const model::Execution& execution, const LogView& view, const TextQuery& query,
                                       std::int64_t offset, std::size_t max_hits);
  // Executions that fit `which` and whose output `who` may read, until `max_hits` lines are found or a limit is reached
  // (200 executions, 512 MB, five seconds).
  Result<ProjectHits> in_project(const auth::Identity& who, store::ExecutionQuery which, const TextQuery& query,
                                 std::size_t max_hits);

 private:
  struct Limits;
  Result<bool> search_one(model::Execution execution, const log::SearchRequest& request, Limits& limits,
                          ProjectHits& found);

  Executions& executions_;
  Output& output_;
  const Clock& clock_;
};

}  // namespace qd::service
