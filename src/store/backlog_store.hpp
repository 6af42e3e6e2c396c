// How much waits in the database, for all members: a few counts over indexes, for metrics.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/clock.hpp"
#include "store/database.hpp"

namespace qd::store {

struct Backlog {
  struct Schedules {
    std::int64_t owned = 0;  // that will fire
    std::int64_t due = 0;    // whose time has come and that did not fire yet
    Millis overdue{0};       // of these the earliest: since when
  };
  struct Pile {
    std::int64_t count = 0;
    Millis oldest{0};  // age; 0 when there is none
  };
  UnixMillis now = 0;                              // the database's clock
  std::map<std::string, Schedules> schedules;      // by the owner's uuid
  std::int64_t running = 0, waiting_for_time = 0;  // executions
  Pile queued_for_member, queued_for_anyone;       // executions: forwarded ones; queues of jobs and policy Queue
  Pile notifications, messages, logs;              // not delivered, not handled, not stored
  std::int64_t logs_failing = 0;                   // of these logs: stored at no attempt yet
};

class BacklogStore {
 public:
  explicit BacklogStore(Database& database) : database_(database) {}
  Backlog read();

 private:
  Database& database_;
};

}  // namespace qd::store
