// The embedded database: one writer connection that callers take in turns, and a few readers that never wait for it.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "store/fair_gate.hpp"
#include "store/sqlite_connection.hpp"

namespace qd::store {

class SqliteDatabase final : public Database {
 public:
  // Opens the writer; throws DatabaseError when that fails.
  SqliteDatabase(std::string path, const DatabaseConfig& config);

  Dialect dialect() const override { return Dialect::sqlite; }
  void transact(const std::function<void(Session&)>& use) override;
  void run(const std::function<void(Session&)>& use, bool read_only) override;
  PoolStats pool_stats() const override;

 private:
  std::unique_ptr<SqliteConnection> take_reader();
  void give_back(std::unique_ptr<SqliteConnection> reader);
  void enter_writer();

  std::string path_;
  std::chrono::milliseconds timeout_;
  FairGate gate_;
  SqliteConnection writer_;  // used by whoever is in gate_

  mutable std::mutex readers_mutex_;
  std::condition_variable reader_free_;
  std::vector<std::unique_ptr<SqliteConnection>> idle_readers_;
  std::size_t open_readers_ = 0;
  std::size_t waiting_for_reader_ = 0;
};

}  // namespace qd::store
