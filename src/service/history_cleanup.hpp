// Deletes old executions of projects that ask for it, on their schedules.
//
// Source: "Execution History Clean" in the project settings of the peer; keys project.execution.history.cleanup.*
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "model/cron_schedule.hpp"
#include "service/executions.hpp"
#include "store/log_storage_store.hpp"
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
  HistoryCleanup(store::Database& database, store::ProjectStore& projects, Executions& executions)
      : database_(database), rows_(database), projects_(projects), executions_(executions) {}
  ~HistoryCleanup() { stop(); }
  HistoryCleanup(const HistoryCleanup&) = delete;
  HistoryCleanup& operator=(const HistoryCleanup&) = delete;

  void start();
  void stop() noexcept;

  // Deletes what is old now; returns how many executions.
  std::size_t clean(const std::string& project, const CleanupRules& rules);

 private:
  void loop();
  void look(UnixMillis since, UnixMillis now);
  bool stopping();

  store::Database& database_;
  store::LogStorageStore rows_;
  store::ProjectStore& projects_;
  Executions& executions_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::thread thread_;
  std::map<std::string, std::string> warned_;  // of the loop's thread: what was said of a project's settings
};

}  // namespace qd::service
