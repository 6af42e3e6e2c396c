// The filters that `executions query`, `deletebulk` and `metrics` share.
#pragma once

#include "cli/context.hpp"

namespace qd::cli {

Options execution_filter_options();

// Parameters of the API's Execution Query; without paging.
Query execution_filter(const Arguments& args);

struct ExecutionPage {
  std::vector<JsonObject> executions;  // views
  std::int64_t count = 0, total = 0, max = 0, offset = 0;

  bool more() const { return total > offset + count && count > 0; }
  std::string text() const;  // "Page [1/3] results 1 - 20 (of 60 by 20)"
};

// GETs `path` (below the API) with `filter`, `max` and `offset`.
Result<ExecutionPage> fetch_executions(const Context& context, const std::string& path, Query filter, std::int64_t max,
                                       std::int64_t offset);

}  // namespace qd::cli
