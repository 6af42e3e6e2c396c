// Copies of logs whose file is not on this member: fetched once, and shared by all who wait.
//
// While the execution runs on another member, its log is copied from there as it grows; when that member is gone, what
// the last checkpoint holds; when the log is in the store, from there. Copies of ended executions stay in a folder, up
// to a size.
#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>

#include "base/repeating_thread.hpp"
#include "base/worker_pool.hpp"
#include "log/hub.hpp"
#include "service/log_stores.hpp"
#include "service/member_requests.hpp"
#include "store/execution_store.hpp"
#include "store/log_storage_store.hpp"

namespace qd::service {

struct LogCopy {
  enum class State {
    whole,           // `path` holds all of it
    growing,         // `path` holds what there is so far, and follows
    partial,         // `path` holds all that is left; `message` says why
    waiting,         // it runs, and printed nothing yet
    fetching,        // it is being fetched
    pending_remote,  // it ended lately, and is not in the store yet
    missing,         // it is nowhere
    failed,          // it could not be fetched; it is tried again
  } state = State::fetching;
  std::string path;
  std::string message;
  Millis retry_after{0};  // sensible pause until one asks again
};

// Thread-safe; of() blocks on files only.
class LogCopies {
 public:
  LogCopies(store::Database& database, store::ExecutionStore& executions, LogStores& stores, MemberRequests& members,
            const model::OwnIncarnation& self, const LogSettings& settings, log::LogHub& hub);
  ~LogCopies();
  LogCopies(const LogCopies&) = delete;
  LogCopies& operator=(const LogCopies&) = delete;

  void start();
  void stop() noexcept;

  // The copy as it is now; begins to fetch it. As long as somebody asks now and then, it is kept up to date, and the
  // hub tells of news.
  LogCopy of(const model::Execution& execution);
  void drop(model::ExecutionId execution);  // the execution was deleted

 private:
  using Moment = std::chrono::steady_clock::time_point;
  struct Entry {
    LogCopy copy;
    bool busy = false;
    Moment next{};    // when it is to be looked at again
    Moment wanted{};  // when somebody asked last
    std::int64_t failures = 0;
    std::size_t state_seen = 0;  // hash of the execution's state that watchers know
  };
  struct Look {
    LogCopy copy;
    Millis pause{0};  // until the next look
    bool failed = false;
    bool grew = false;
  };
  Millis look_around();  // the pause until the next one
  void start_due();
  void begin(model::ExecutionId id, Entry& entry);  // with the lock held
  void work(model::ExecutionId id);
  Look look(const model::Execution& execution);
  Look fetch(const model::Execution& execution, const store::LogStorageRow& row);
  std::optional<Look> pull(const model::Execution& execution);  // nullopt: its member does not have it, or is gone
  Look take_checkpoint(const model::Execution& execution, const std::optional<store::LogStorageRow>& row);
  Result<bool> append_piece(const model::Execution& execution, const store::LogStorageRow& row,
                            const store::LogPiece& piece);
  Look without_file(const model::Execution& execution, bool queued) const;
  Look failure(std::string message) const;
  bool owner_may_come(const model::Execution& execution);
  void publish(model::ExecutionId id, const Look& look, bool changed);
  bool state_changed(model::ExecutionId id);
  void prune();
  std::string whole_path(model::ExecutionId id) const;
  std::string part_path(model::ExecutionId id) const;

  store::Database& database_;
  store::ExecutionStore& executions_;
  store::LogStorageStore rows_;
  LogStores& stores_;
  MemberRequests& members_;
  const model::OwnIncarnation& self_;
  const LogSettings& settings_;
  log::LogHub& hub_;
  base::WorkerPool pool_;

  std::mutex mutex_;  // guards the next one
  std::map<model::ExecutionId, Entry> entries_;
  Moment next_prune_{};                   // of the thread alone
  std::atomic<bool> prune_soon_ = false;  // a copy came
  base::RepeatingThread thread_;
};

}  // namespace qd::service
