#include <libpq-fe.h>
#include <memory>
#include <signal.h>
#include <stdexcept>
#include <unistd.h>

#include "store/testing/database_server.hpp"
#include "store/testing/server_process.hpp"

namespace qd::store::testing {
namespace {

namespace fs = std::filesystem;

constexpr const char* user = "postgres";

// Where Debian keeps the programs of the newest version; elsewhere they are in the PATH's usual places.
fs::path find_programs() {
  fs::path newest;
  std::error_code none;
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", none)) {
    if (fs::exists(version.path() / "bin/initdb") && version.path() > newest) newest = version.path();
  }
  if (!newest.empty()) return newest / "bin";
  for (const char* folder : {"/usr/bin", "/usr/local/bin"}) {
    if (fs::exists(fs::path(folder) / "initdb")) return folder;
  }
  throw std::runtime_error("PostgreSQL is not installed (initdb not found): apt-get install postgresql");
}

class PostgresqlServer final : public DatabaseServer {
 public:
  PostgresqlServer() : folder_(user), programs_(find_programs()), port_(free_port()) {
    run_to_end(as_user(user, "KILL",
                       {programs_ / "initdb", "-U", user, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
                        "-D", data()}),
               log_);
    start();
  }
  ~PostgresqlServer() override { end_process(pid_, SIGINT); }

  std::string create_database() override {
    // A schema, as users of one shared database have it: made in no time, where a database takes a hundred
    // milliseconds.
    const auto name = "test" + std::to_string(++databases_);
    if (!try_sql("CREATE SCHEMA " + name)) throw std::runtime_error("cannot create a schema");
    return "jdbc:postgresql://127.0.0.1:" + std::to_string(port_) + "/postgres?currentSchema=" + name;
  }
  std::string username() const override { return user; }
  std::string password() const override { return "not asked for"; }

  void crash_and_restart() override {
    end_process(pid_, SIGQUIT);  // what pg_ctl calls an immediate stop: no checkpoint, clients cut
    start();
  }

 private:
  std::string data() const { return folder_.path() / "data"; }

  // fsync is off, full_page_writes and WAL stay as they are: a crash of the server alone loses nothing committed.
  void start() {
    pid_ = start_process(as_user(user, "QUIT",
                                 {programs_ / "postgres", "-D", data(), "-p", std::to_string(port_), "-h", "127.0.0.1",
                                  "-k", folder_.path(), "-c", "fsync=off", "-c", "max_connections=60", "-c",
                                  "shared_buffers=64MB", "-c", "max_wal_size=256MB"}),
                         log_);
    await_ready(pid_, log_, [this] { return try_sql("SELECT 1"); });
  }

  bool try_sql(const std::string& sql) const {
    const auto target = "host=127.0.0.1 dbname=postgres user=postgres connect_timeout=5 port=" + std::to_string(port_);
    PGconn* connection = PQconnectdb(target.c_str());
    PGresult* result = PQexec(connection, sql.c_str());
    const auto status = PQresultStatus(result);
    PQclear(result);
    PQfinish(connection);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
  }

  ServerFolder folder_;
  fs::path log_ = folder_.path() / "log";
  fs::path programs_;
  int port_;
  int databases_ = 0;
  pid_t pid_ = 0;
};

}  // namespace

std::unique_ptr<DatabaseServer> start_postgresql() {
  return std::make_unique<PostgresqlServer>();
}

}  // namespace qd::store::testing
