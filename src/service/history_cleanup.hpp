// Deletes old executions of projects that ask for it, on their schedules.
//
// Source: "Execution History Clean" in the project settings of the peer; keys project.execution.history.cleanup.*
#pragma once

#include <map>

#include "base/repeating_thread.hpp"
#include "model/cron_schedule.hpp"
#include "service/executions.hpp"
#include "store/history_store.hpp"
#include "store/project_store.hpp"

namespace qd::service {

struct CleanupRules {
  bool enabled = false;
  std::int64_t days = 60;    // executions that ended longer ago
  std::int64_t keep = 50;    // so many of the project's stay, whatever their age
  std::int64_t batch = 500;  // deleted at one time
  std::string schedule = "0 0 0 1/1 * ? *";
};

// The error names the key.
Result<CleanupRules> cleanup_rules(const model::Project& project);

// Every member looks at the schedules, and one of them cleans. Running executions are never touched.
class HistoryCleanup {
 public:
  HistoryCleanup(store::Database& database, store::ProjectStore& projects, Executions& executions);

  void start() { thread_.start(); }
  void stop() noexcept { thread_.stop(); }

  // Deletes what is old now; returns how many executions.
  std::size_t clean(const std::string& project, const CleanupRules& rules);

 private:
  Millis look();  // the pause until the next one
  void clean_due(UnixMillis since, UnixMillis now);

  store::Database& database_;
  store::HistoryStore history_;
  store::ProjectStore& projects_;
  Executions& executions_;
  // Of the thread alone.
  UnixMillis looked_ = 0;                      // when it looked last; 0: never
  std::map<std::string, std::string> warned_;  // what was said of a project's settings
  base::RepeatingThread thread_;
};

}  // namespace qd::service
