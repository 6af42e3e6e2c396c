// Checkpoints: while an execution runs, what is new of its log goes to the log store, piece by piece.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "service/log_stores.hpp"
#include "store/execution_store.hpp"
#include "store/log_storage_store.hpp"

namespace qd::service {

// due() is one thread's; make() is thread-safe, and blocks on the store.
class LogCheckpoints {
 public:
  LogCheckpoints(store::ExecutionStore& executions, store::LogStorageStore& rows, LogStores& stores,
                 const LogSettings& settings, std::function<std::vector<model::ExecutionId>()> running)
      : executions_(executions), rows_(rows), stores_(stores), settings_(settings), running_(std::move(running)) {}

  struct Due {
    model::ExecutionId execution = 0;
    std::int64_t size = 0;  // of the log now
  };
  // Executions that run here and whose log has grown enough, for long enough. Each is left out until make() is done.
  std::vector<Due> due();
  // Puts what is new to the store, and says so in the database. A failure is tried again after the interval.
  void make(const Due& due);
  void put_off(const Due& due);  // instead: there is no thread for it now

 private:
  using Moment = std::chrono::steady_clock::time_point;
  struct Watched {
    std::string path;
    Moment first, last;     // when it was seen to run, when a checkpoint was made last
    std::int64_t size = 0;  // that the last one held
    bool busy = false;
  };
  bool is_due(const Watched& watched, std::int64_t size, Moment now) const;
  Result<> put_new(const Due& due, const std::string& path);

  store::ExecutionStore& executions_;
  store::LogStorageStore& rows_;
  LogStores& stores_;
  const LogSettings& settings_;
  const std::function<std::vector<model::ExecutionId>()> running_;
  std::mutex mutex_;
  std::map<model::ExecutionId, Watched> watched_;
};

// The pieces after `size` bytes more: one more piece, or, when many small ones have gathered, one in their place, so
// that their number stays small and no byte travels more than a few times. `replaced` are those that it stands for.
// Pure.
std::vector<store::LogPiece> with_new_piece(const std::vector<store::LogPiece>& pieces, std::int64_t size,
                                            std::vector<store::LogPiece>& replaced);

}  // namespace qd::service
