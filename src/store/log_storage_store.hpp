// What is to be stored of the files of executions, and what is stored: a queue that survives everything. All times are
// the database's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/execution.hpp"
#include "store/database.hpp"

namespace qd::store {

// A piece of a checkpoint: `size` bytes of the log from `offset` on, under the key of its number.
struct LogPiece {
  std::int64_t number = 0, offset = 0, size = 0;
  bool operator==(const LogPiece&) const = default;
};

// What is to be done with the files of an execution, or was.
namespace log_state {
inline constexpr const char* running = "running";  // checkpoints only: it has not ended
inline constexpr const char* queued = "queued";    // to be stored
inline constexpr const char* stored = "stored";
inline constexpr const char* removing = "removing";  // its execution was deleted
}  // namespace log_state

struct LogStorageRow {
  model::ExecutionId execution = 0;
  std::string project;
  std::string server_uuid;  // the member that has the files
  std::string provider;     // of the log store; "" until something was stored
  std::string key;          // below it, without the type: "project/p/12"
  std::string state;        // one of log_state
  std::string types;        // still to be stored: "rdlog,state.json"
  std::int64_t stored_bytes = 0;
  std::vector<LogPiece> pieces;  // of the checkpoint, in order, without gaps
  std::int64_t piece_bytes = 0;  // of all of them
  UnixMillis checkpoint = 0;     // when the last one was made
  std::int64_t attempts = 0;     // that failed since it was queued or resumed
  UnixMillis due = 0, created = 0;
  std::optional<UnixMillis> stored;
  std::string problem;  // of the last attempt
  bool operator==(const LogStorageRow&) const = default;
};

struct LogStorageCounts {
  std::int64_t stored = 0, queued = 0, failing = 0, waiting = 0, running = 0, removing = 0;
};

// Thread-safe.
class LogStorageStore {
 public:
  explicit LogStorageStore(Database& database) : database_(database) {}

  // Queues the files of an execution that has ended: makes its row, or turns the one of its checkpoints. False: it has
  // a row that is queued or stored already, it has no log, or it has not ended.
  bool enqueue(model::ExecutionId execution);
  // The same for all that ended since `ended_after` and were missed, and for rows of executions that ended: at most
  // `max`; returns how many.
  std::int64_t enqueue_missed(UnixMillis ended_after, std::int64_t max);
  // A row of a running execution, for its checkpoints; what is there stays.
  void begin(model::ExecutionId execution);

  std::optional<LogStorageRow> find(model::ExecutionId execution);
  // Due rows, queued or removing, oldest first: of this member, or else of all others with an id above `after`.
  std::vector<LogStorageRow> due_of(const std::string& server_uuid, std::size_t max);
  std::vector<LogStorageRow> due_of_others(const std::string& server_uuid, model::ExecutionId after, std::size_t max);
  // Takes a due row for `claim_time`; false when another member, which lives, has it. What an earlier life of this one
  // had is free: a caller knows what it works on itself. touch() renews it: false, it is somebody else's.
  // `gone` is a member that the caller knows to be dead, whatever its row says: its claim counts no more.
  bool claim(model::ExecutionId execution, const std::string& member, Millis claim_time, const std::string& gone = {});
  bool touch(model::ExecutionId execution, const std::string& member);

  // Each ends the claim; nothing happens when it is another's by now.
  void stored(const LogStorageRow& row, const std::string& member, std::int64_t bytes);
  void failed(model::ExecutionId execution, const std::string& member, const std::string& types,
              const std::string& problem, Millis pause);
  void removed(model::ExecutionId execution, const std::string& member);

  // The pieces of a running execution's checkpoint are these now, if they were `before` until now.
  bool checkpoint(const LogStorageRow& row, const std::vector<LogPiece>& before);
  void forget_pieces(model::ExecutionId execution);  // after they were removed from the store

  // The execution was deleted: what the store holds of it is to be removed.
  void remove(model::ExecutionId execution);
  // The log of a deleted execution lies on another member, which is to remove it.
  void remove_elsewhere(model::ExecutionId execution, const std::string& server_uuid, const std::string& log_path);
  struct RemovedLog {
    model::ExecutionId execution = 0;
    std::string log_path;
  };
  std::vector<RemovedLog> to_remove(const std::string& server_uuid, std::size_t max);
  void removed_file(model::ExecutionId execution);

  std::int64_t resume();  // all that waits is due now, as if it never had failed

  LogStorageCounts counts(std::int64_t failing_after);
  std::int64_t missing(const std::string& server_uuid);  // executions of this member that ended and have no row
  // Queued rows, oldest first.
  std::vector<LogStorageRow> incomplete(std::size_t offset, std::size_t max);

 private:
  Database& database_;
};

}  // namespace qd::store
