// The promises of the cluster, checked in the database and against what really happened, after a calm time in which
// everything could come to its end.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim_runner.hpp"

namespace qd::simulation {

struct LedgerCount {
  std::uint64_t fires = 0, started = 0, late = 0, missed = 0, skipped = 0;
  bool operator==(const LedgerCount&) const = default;
};

// `first_due`: the first fire of each job with one schedule. Appends a sentence for each broken promise.
void check_promises(store::Database& database, const Truth& truth, const std::map<std::string, UnixMillis>& first_due,
                    UnixMillis now, Millis longest_run, std::vector<std::string>& violations);
LedgerCount count_ledger(store::Database& database);

}  // namespace qd::simulation
