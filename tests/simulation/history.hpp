// One history of a cluster: some members, some scheduled jobs, and faults, all from one seed; then the promises of the
// cluster are checked in the database.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "promises.hpp"

namespace qd::simulation {

struct HistoryOptions {
  std::uint64_t seed = 1;
  bool broken_claim = false;  // without the unique key of fires: a mistake that the checks must find
  bool trace = false;         // tells what happens on standard output
};

struct HistoryReport {
  std::vector<std::string> violations;
  LedgerCount ledger;
  std::uint64_t kills = 0, pauses = 0, cuts = 0, restarts = 0, takeovers = 0, recovered = 0, fenced = 0;
  std::uint64_t forwarded = 0, queued = 0, taken_back = 0;
  std::uint64_t statements = 0;
};

HistoryReport run_history(const HistoryOptions& options);

}  // namespace qd::simulation
