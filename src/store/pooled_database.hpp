// A database server behind a bounded pool of connections.
//
// Idle connections that were cut (a restarted server) are noticed when they are taken and replaced. A statement that
// finds its connection cut is repeated once on a new one only when it cannot have been executed, or only reads, and
// nothing was done before it in the same call; every other loss is the caller's to know.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "store/connection.hpp"

namespace qd::store {

class PooledDatabase final : public Database {
 public:
  using Connect = std::function<std::unique_ptr<Connection>()>;  // throws ConnectionLost

  PooledDatabase(Dialect dialect, Connect connect, const DatabaseConfig& config);

  Dialect dialect() const override { return dialect_; }
  void transact(const std::function<void(Session&)>& use) override;
  void run(const std::function<void(Session&)>& use, bool read_only) override;
  PoolStats pool_stats() const override;

 private:
  class Lease;

  void take_place();  // throws when none gets free in time
  void leave_place();
  std::unique_ptr<Connection> take_connection();  // an idle one that still lives, or a new one
  std::unique_ptr<Connection> connect();
  void give_back(std::unique_ptr<Connection> connection);
  void count_loss();
  void attempt(const std::function<void(Session&)>& use);

  struct Waiter {
    std::condition_variable wake;
    bool granted = false;
  };

  const Dialect dialect_;
  const Connect connect_;
  const std::size_t limit_;
  const std::chrono::milliseconds acquire_timeout_;

  mutable std::mutex mutex_;
  std::size_t busy_ = 0;
  std::deque<Waiter*> waiters_;  // oldest first
  std::vector<std::unique_ptr<Connection>> idle_;
  std::uint64_t lost_ = 0;
  std::uint64_t reconnects_ = 0;
};

}  // namespace qd::store
