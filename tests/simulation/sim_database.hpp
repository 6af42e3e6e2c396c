// The one database of a simulated cluster: SQLite in memory, seen by each member through a connection that can fail.
//
// Around every statement others may run, and the connection may be cut: before it (nothing happened), or after a commit
// (it happened, and the member does not know). While a transaction is open nobody else's statement runs, as with
// serialised transactions; a member that is paused or killed inside of one loses it.
#pragma once

#include <memory>

#include "store/database.hpp"
#include "store/sqlite_connection.hpp"

#include "world.hpp"

namespace qd::simulation {

struct Faults {
  double lost = 0;   // of a statement's connection
  double pause = 0;  // of a process, at a statement
  double kill = 0;   // of a process, at a statement
  double skew = 0;   // of a process's own clock: it jumps at a statement
  Millis longest_pause{0};
};

// The server.
class SimServer {
 public:
  explicit SimServer(World& world);
  void end_open_transaction();  // takes it back; its client finds out at its next statement
  World& world;
  store::SqliteConnection connection;
  Faults faults;
  std::uint64_t open = 0;  // the number of the transaction that is open; 0: none
  std::uint64_t transactions = 0;
  UnixMillis opened = 0;
  std::uint64_t boot = 1;  // starts of the server: session locks belong to one
  std::uint64_t statements = 0;
};

// A member's view; also used outside of fibers, by the checks, where nothing fails.
class SimDatabase final : public store::Database {
 public:
  explicit SimDatabase(SimServer& server) : server_(server) {}
  store::Dialect dialect() const override { return store::Dialect::sqlite; }
  void transact(const std::function<void(store::Session&)>& use) override;
  void run(const std::function<void(store::Session&)>& use, bool read_only) override;
  PoolStats pool_stats() const override { return {}; }

 private:
  class View;
  void enter();  // waits until no transaction is open
  // Lets others run, and lets faults happen. `transaction` is the one that the caller is in, or 0. Throws
  // DatabaseError or Killed.
  void point(std::uint64_t transaction);

  SimServer& server_;
};

}  // namespace qd::simulation
