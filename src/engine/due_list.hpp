// Executions that wait for their time, as far as this member knows them.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/guarded.hpp"
#include "model/execution.hpp"

namespace qd::engine {

// Thread-safe. Holds what the database does not: when to look next, and the options with their secure values.
class DueList {
 public:
  void add(model::ExecutionId id, UnixMillis due, std::map<std::string, std::string> given);
  void add_time(model::ExecutionId id, UnixMillis due);  // of an execution that another start of the server planned
  // Takes the entry out and returns the options; nullopt when they are not known here.
  std::optional<std::map<std::string, std::string>> take(model::ExecutionId id);
  std::optional<std::map<std::string, std::string>> given(model::ExecutionId id) const;
  bool knows(model::ExecutionId id) const;
  std::optional<UnixMillis> next(UnixMillis after) const;  // the earliest time that is later
  void forget_before(UnixMillis time);                     // entries that another member took

 private:
  struct Entry {
    UnixMillis due = 0;
    std::optional<std::map<std::string, std::string>> given;
  };
  base::Guarded<std::map<model::ExecutionId, Entry>> entries_;
};

}  // namespace qd::engine
