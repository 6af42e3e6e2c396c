// How many executions a condition finds, without counting again what can change no more.
//
// Lists tell the number of all pages, and counting 100,000 rows takes PostgreSQL longer than everything else in a
// request. What has ended changes no more, but for being removed. So a large count is remembered as "so many of the
// rows up to this id", and only newer rows, and those that had not ended then, are counted anew.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/guarded.hpp"
#include "model/execution.hpp"
#include "store/condition.hpp"

namespace qd::store {

// Thread-safe. Exact whatever other members do, because every removal says so in the database: see note_removal().
class ExecutionCounts {
 public:
  static constexpr std::int64_t default_remember_from = 10'000;
  // Counts of fewer than `remember_from` rows are cheap and are not remembered.
  explicit ExecutionCounts(std::int64_t remember_from) : remember_from_(remember_from) {}

  std::int64_t count(Session& session, const Conditions& conditions);

  // To be called in each transaction that deletes executions which others may have counted.
  static void note_removal(Session& session);

 private:
  struct Remembered {
    std::string removals = {};                        // the state of note_removal()'s counter before it was counted
    model::ExecutionId up_to = 0;                     // counts rows up to this id,
    std::vector<model::ExecutionId> unfinished = {};  // but for these
    std::int64_t count = 0;
    UnixMillis at = 0;  // database's clock
  };
  std::int64_t newer(Session& session, const Conditions& conditions, const Remembered& remembered) const;
  void remember(Session& session, const std::string& key, const Conditions& conditions);

  std::int64_t remember_from_;
  base::Guarded<std::map<std::string, Remembered>> remembered_;
};

}  // namespace qd::store
