#include "sim_database.hpp"

#include "store/migrations.hpp"

namespace qd::simulation {

namespace {
constexpr Millis kLongestTransaction{500};
constexpr Millis kFarSkew{5'000};
constexpr std::uint64_t kWidestSkew = 10'000;
constexpr Millis kLongestTurn{3};  // of the network and the server, for one statement

// For one thread, without accounts of memory: a history is many small statements. Settled before the first connection.
const bool kQuick =
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD) == SQLITE_OK && sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK;

[[noreturn]] void lose(const char* when) {
  throw store::DatabaseError(std::string("the connection was cut ") + when, true);
}
}  // namespace

SimServer::SimServer(World& owner) : world(owner), connection(":memory:", false, std::chrono::milliseconds(0)) {
  if (kQuick) connection.execute("PRAGMA secure_delete = OFF", {});
}

void SimServer::end_open_transaction() {
  if (open == 0) return;
  connection.rollback();
  open = 0;
}

// One statement at a time, with the world's turn around it.
class SimDatabase::View final : public store::Session {
 public:
  View(SimDatabase& database, std::uint64_t transaction) : database_(database), transaction_(transaction) {}
  store::Rows query(std::string_view sql, const store::Params& params) override {
    before();
    return connection().query(sql, params);
  }
  std::int64_t execute(std::string_view sql, const store::Params& params) override {
    before();
    return after(connection().execute(sql, params));
  }
  std::int64_t insert(std::string_view sql, const store::Params& params) override {
    before();
    return after(connection().insert(sql, params));
  }
  store::Dialect dialect() const override { return store::Dialect::sqlite; }
  UnixMillis now() override { return database_.server_.world.now(); }

 private:
  store::SqliteConnection& connection() { return database_.server_.connection; }
  void before() {
    ++database_.server_.statements;
    database_.point(transaction_);
    if (transaction_ == 0) database_.enter();
  }
  // A statement that committed by itself, and whose answer may be lost.
  std::int64_t after(std::int64_t result) {
    auto& server = database_.server_;
    if (transaction_ == 0 && server.world.current() && server.world.chance(server.faults.lost / 2))
      lose("after a statement");
    return result;
  }

  SimDatabase& database_;
  std::uint64_t transaction_;  // 0: each statement commits by itself
};

void SimDatabase::enter() {
  if (!server_.world.current()) return;
  while (server_.open != 0) {
    // The server ends the transaction of a client that is silent for long.
    if (server_.world.now() - server_.opened > kLongestTransaction.count()) {
      server_.end_open_transaction();
      return;
    }
    server_.world.sleep(Millis{1});
  }
}

void SimDatabase::point(std::uint64_t transaction) {
  auto& world = server_.world;
  const auto process = world.current();
  if (!process) return;
  const auto& faults = server_.faults;
  if (world.chance(faults.kill)) world.kill(*process);
  if (world.chance(faults.pause)) {
    process->paused_until =
        world.now() + static_cast<UnixMillis>(world.pick(static_cast<std::uint64_t>(faults.longest_pause.count())));
  }
  if (world.chance(faults.skew)) process->skew = Millis{static_cast<std::int64_t>(world.pick(kWidestSkew))} - kFarSkew;
  world.sleep(Millis{static_cast<std::int64_t>(world.pick(static_cast<std::uint64_t>(kLongestTurn.count())))});
  if (process->unreachable_until > world.now()) lose("and the database cannot be reached");
  if (world.chance(faults.lost)) lose("before a statement");
  if (transaction != 0 && server_.open != transaction) lose("and the transaction with it");
}

void SimDatabase::transact(const std::function<void(store::Session&)>& use) {
  enter();
  auto& world = server_.world;
  const auto process = world.current();  // none: a check, outside of time
  if (process && process->unreachable_until > world.now()) lose("and the database cannot be reached");
  const auto transaction = ++server_.transactions;
  server_.open = transaction;
  server_.opened = world.now();
  server_.connection.begin();
  try {
    View view(*this, transaction);
    use(view);
    if (process) point(transaction);
    server_.connection.commit();
  } catch (...) {
    if (server_.open == transaction) {
      server_.connection.rollback();
      server_.open = 0;
    }
    throw;
  }
  server_.open = 0;
  if (process && world.chance(server_.faults.lost / 2)) lose("after a commit");
}

void SimDatabase::run(const std::function<void(store::Session&)>& use, bool) {
  View view(*this, 0);
  use(view);
}

}  // namespace qd::simulation
