// Brings the files of executions to the log store: whole when they end, pieces of the log ("checkpoints") while they
// run.
//
// What is to be done stands in the database, so that nothing is forgotten: any member that can reach the files does it,
// again and again, with growing pauses, until it is done.
#pragma once

#include <functional>
#include <mutex>
#include <set>

#include "base/repeating_thread.hpp"
#include "base/worker_pool.hpp"
#include "log/hub.hpp"
#include "model/member.hpp"
#include "service/log_checkpoints.hpp"
#include "service/log_packing.hpp"
#include "service/log_stores.hpp"
#include "store/execution_store.hpp"
#include "store/log_storage_store.hpp"
#include "store/setting_store.hpp"

namespace qd::service {

struct LogStorageFacts {
  std::string provider;  // "": none
  store::LogStorageCounts counts;
  std::int64_t missing = 0;  // executions of this member without a request
  std::int64_t retry_count = 0;
};

struct IncompleteLog {
  store::LogStorageRow row;
  bool files_here = false;
};

// Thread-safe. Without a log store it only removes files of executions that were deleted on other members.
class LogStorage {
 public:
  LogStorage(store::Database& database, store::ExecutionStore& executions, LogStores& stores,
             const model::OwnIncarnation& self, const LogSettings& settings, log::LogHub& hub,
             std::function<std::vector<model::ExecutionId>()> running,
             std::function<bool(const std::string& member)> gone);
  ~LogStorage();
  LogStorage(const LogStorage&) = delete;
  LogStorage& operator=(const LogStorage&) = delete;

  void start();
  void stop() noexcept;  // transfers under way end; they begin anew at the next start

  // Removes what the store and other members have of it.
  void deleted(const model::Execution& execution);
  LogStorageFacts facts();
  std::vector<IncompleteLog> incomplete(std::size_t offset, std::size_t max);
  void resume();  // all that waits is tried now

 private:
  using Moment = std::chrono::steady_clock::time_point;
  Millis look();  // the pause until the next one
  void tick();
  void enqueue_ended();
  void remove_deleted();
  void look_for_missed();
  void take_due(const std::vector<store::LogStorageRow>& rows, bool own);
  bool reachable(const store::LogStorageRow& row, const std::set<std::string>& living);
  std::set<std::string> living_members();  // by their rows and by what the cluster judges
  void work_on(store::LogStorageRow row);
  void store_files(store::LogStorageRow& row);
  Result<std::int64_t> store_type(const store::LogStorageRow& row, const model::Execution& execution,
                                  const std::string& type, logstore::LogStore& target);
  void remove_files(const store::LogStorageRow& row);
  Result<> remove_pieces(const store::LogStorageRow& row, logstore::LogStore& target);
  logstore::Progress progress_of(model::ExecutionId execution);
  void give_back(const store::LogStorageRow& row, const std::string& types, const std::string& problem);
  std::string file_of(const model::Execution& execution) const;

  store::Database& database_;
  store::ExecutionStore& executions_;
  LogStores& stores_;
  const model::OwnIncarnation& self_;
  const LogSettings& settings_;
  log::LogHub& hub_;
  const std::function<bool(const std::string&)> gone_;  // does the cluster hold this member for dead?
  store::LogStorageStore rows_;
  LogCheckpoints checkpoints_;
  LogPacking packing_;
  base::WorkerPool pool_;
  log::LogHub::Subscription subscription_;

  std::mutex mutex_;                      // guards the two below
  std::set<model::ExecutionId> ended_;    // to be queued
  std::set<model::ExecutionId> at_work_;  // on the pool

  // Of the thread alone.
  UnixMillis since_ = 0;  // executions that ended before are none of ours
  Moment next_missed_{}, next_others_{}, next_deleted_{}, next_packing_{};
  Moment failed_until_{};  // the database is left alone until then
  bool failing_ = false;
  model::ExecutionId others_after_ = 0;

  base::RepeatingThread thread_;
};

}  // namespace qd::service
