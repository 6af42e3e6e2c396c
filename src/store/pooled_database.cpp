#include "store/pooled_database.hpp"

#include <algorithm>
#include <random>
#include <thread>

#include "base/logging.hpp"
#include "base/metrics.hpp"
#include "base/text.hpp"

namespace qd::store {
namespace {

constexpr int max_conflicts = 8;

const base::HistogramFamily waits{"quarterdeck_database_wait_seconds",
                                  "How long callers waited for a connection that was not free at once",
                                  {0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10}};
const base::CounterFamily refusals{"quarterdeck_database_refused_total",
                                   "Callers that got no database connection in time"};

// Grows from about 2 to about 250 ms, and differs between those that met, so that they do not meet again.
void pause_after_conflict(int conflict) {
  thread_local std::minstd_rand random{std::random_device{}()};
  const int longest = 4 << std::min(conflict, 6);
  std::this_thread::sleep_for(std::chrono::milliseconds(longest / 2 + static_cast<int>(random() % (longest / 2u))));
}

bool is_select(std::string_view sql) {
  return base::iequals(sql.substr(0, 6), "SELECT");
}

}  // namespace

// A place in the pool and the connection on it, given back at the end.
class PooledDatabase::Lease final : public Session {
 public:
  explicit Lease(PooledDatabase& pool) : pool_(pool) {
    pool_.take_place();
    try {
      connection_ = pool_.take_connection();
    } catch (...) {
      pool_.leave_place();
      throw;
    }
  }
  ~Lease() override {
    if (connection_) pool_.give_back(std::move(connection_));
    pool_.leave_place();
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  Rows query(std::string_view sql, const Params& params) override {
    return carefully(is_select(sql), [&](Connection& connection) { return connection.query(sql, params); });
  }
  std::int64_t execute(std::string_view sql, const Params& params) override {
    return carefully(false, [&](Connection& connection) { return connection.execute(sql, params); });
  }
  std::vector<std::int64_t> execute_all(const std::vector<Statement>& statements) override {
    return carefully(false, [&](Connection& connection) { return connection.execute_all(statements); });
  }
  std::int64_t insert(std::string_view sql, const Params& params) override {
    return carefully(false, [&](Connection& connection) { return connection.insert(sql, params); });
  }
  Dialect dialect() const override { return pool_.dialect_; }

  Connection& connection() { return *connection_; }

  void begin() {
    carefully(true, [](Connection& connection) { return connection.begin(), 0; });
    in_transaction_ = true;
  }

 private:
  template <class Use>
  std::invoke_result_t<Use&, Connection&> carefully(bool harmless, Use&& use) {
    const bool first = std::exchange(first_, false);
    for (int conflict = 0, lost = 0;;) {
      try {
        if (!connection_) connection_ = pool_.connect();
        return use(*connection_);
      } catch (const ConnectionLost& error) {
        if (!first || in_transaction_ || lost++ > 0 || !(harmless || error.not_executed)) throw;
        replace();
      } catch (const TransactionConflict&) {
        if (in_transaction_ || ++conflict >= max_conflicts) throw;
        pause_after_conflict(conflict);
      }
    }
  }

  void replace() {
    pool_.give_back(std::move(connection_));
    connection_ = pool_.connect();
  }

  PooledDatabase& pool_;
  std::unique_ptr<Connection> connection_;
  bool first_ = true;
  bool in_transaction_ = false;
};

PooledDatabase::PooledDatabase(Dialect dialect, Connect connect, const DatabaseConfig& config)
    : dialect_(dialect),
      connect_(std::move(connect)),
      limit_(std::max<std::size_t>(1, config.pool_size)),
      acquire_timeout_(config.acquire_timeout) {}

void PooledDatabase::take_place() {
  std::unique_lock lock(mutex_);
  if (busy_ < limit_ && waiters_.empty()) {
    ++busy_;
    return;
  }
  Waiter self;
  waiters_.push_back(&self);
  const auto began = std::chrono::steady_clock::now();
  const bool granted = self.wake.wait_until(lock, began + acquire_timeout_, [&] { return self.granted; });
  waits.observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
  if (granted) return;
  waiters_.erase(std::find(waiters_.begin(), waiters_.end(), &self));
  refusals.add();
  throw DatabaseError("all " + std::to_string(limit_) + " database connections were busy for " +
                          std::to_string(acquire_timeout_.count()) + " ms, with " + std::to_string(waiters_.size()) +
                          " more callers waiting; try again, look for slow statements, or allow more connections",
                      true);
}

void PooledDatabase::leave_place() {
  const std::lock_guard lock(mutex_);
  if (waiters_.empty()) {
    --busy_;
    return;
  }
  Waiter& next = *waiters_.front();
  waiters_.pop_front();
  next.granted = true;
  next.wake.notify_one();
}

std::unique_ptr<Connection> PooledDatabase::take_connection() {
  for (;;) {
    std::unique_ptr<Connection> connection;
    {
      const std::lock_guard lock(mutex_);
      if (idle_.empty()) break;
      connection = std::move(idle_.back());
      idle_.pop_back();
    }
    if (connection->alive()) return connection;
    count_loss();
  }
  return connect();
}

std::unique_ptr<Connection> PooledDatabase::connect() {
  auto connection = connect_();
  const std::lock_guard lock(mutex_);
  if (lost_ > reconnects_) ++reconnects_;
  return connection;
}

void PooledDatabase::give_back(std::unique_ptr<Connection> connection) {
  if (connection->broken()) {
    connection.reset();
    count_loss();
    return;
  }
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(connection));
}

void PooledDatabase::count_loss() {
  const std::lock_guard lock(mutex_);
  ++lost_;
}

void PooledDatabase::run(const std::function<void(Session&)>& use, bool) {
  Lease lease(*this);
  use(lease);
}

void PooledDatabase::attempt(const std::function<void(Session&)>& use) {
  Lease lease(*this);
  lease.begin();
  try {
    use(lease);
    lease.connection().commit();
  } catch (...) {
    try {
      if (!lease.connection().broken()) lease.connection().rollback();
    } catch (const DatabaseError& error) {
      base::log_debug("store", std::string("rollback failed: ") + error.what());
    }
    throw;
  }
}

void PooledDatabase::transact(const std::function<void(Session&)>& use) {
  for (int conflict = 1;; ++conflict) {
    try {
      attempt(use);
      return;
    } catch (const TransactionConflict&) {
      if (conflict >= max_conflicts) throw;
    }
    pause_after_conflict(conflict);
  }
}

Database::PoolStats PooledDatabase::pool_stats() const {
  const std::lock_guard lock(mutex_);
  PoolStats stats;
  stats.open = busy_ + idle_.size();
  stats.busy = busy_;
  stats.waiting = waiters_.size();
  stats.limit = limit_;
  stats.reconnects = reconnects_;
  return stats;
}

}  // namespace qd::store
