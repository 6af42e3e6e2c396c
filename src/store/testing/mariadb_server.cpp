#include <memory>
#include <mysql.h>
#include <signal.h>
#include <stdexcept>
#include <unistd.h>

#include "store/testing/database_server.hpp"
#include "store/testing/server_process.hpp"

namespace qd::store::testing {
namespace {

namespace fs = std::filesystem;

constexpr const char* account = "mysql";
constexpr const char* test_user = "rundeck";
constexpr const char* test_password = "right";

std::string program(const char* name) {
  for (const char* folder : {"/usr/sbin", "/usr/bin", "/usr/local/bin"}) {
    if (fs::exists(fs::path(folder) / name)) return fs::path(folder) / name;
  }
  throw std::runtime_error(std::string("MariaDB is not installed (") + name +
                           " not found): apt-get install mariadb-server");
}

class MariadbServer final : public DatabaseServer {
 public:
  MariadbServer() : folder_(account), port_(free_port()) {
    run_to_end(as_user(account, "KILL",
                       {program("mariadb-install-db"), "--no-defaults", "--auth-root-authentication-method=normal",
                        "--skip-test-db", "--innodb-log-file-size=48M", "--innodb-flush-method=nosync",
                        "--datadir=" + data()}),
               log_);
    start();
    const std::string login = std::string("'") + test_user + "'@'%'";
    if (!try_sql("CREATE USER " + login + " IDENTIFIED BY '" + test_password + "'") ||
        !try_sql("GRANT ALL ON *.* TO " + login)) {
      throw std::runtime_error("cannot make the test user");
    }
  }
  ~MariadbServer() override { end_process(pid_, SIGTERM); }

  std::string create_database() override {
    const auto name = "test" + std::to_string(++databases_);
    if (!try_sql("CREATE DATABASE " + name)) throw std::runtime_error("cannot create a database");
    return "jdbc:mariadb://127.0.0.1:" + std::to_string(port_) + "/" + name + "?autoReconnect=true&useSSL=false";
  }
  std::string username() const override { return test_user; }
  std::string password() const override { return test_password; }

  void crash_and_restart() override {
    end_process(pid_, SIGKILL);
    start();
  }

 private:
  std::string data() const { return folder_.path() / "data"; }
  std::string socket() const { return folder_.path() / "socket"; }

  // Each commit is written to the log file, though not synced: a crash of the server alone loses nothing committed.
  void start() {
    pid_ = start_process(
        as_user(account, "KILL",
                {program("mariadbd"), "--no-defaults", "--datadir=" + data(), "--socket=" + socket(),
                 "--bind-address=127.0.0.1", "--port=" + std::to_string(port_), "--pid-file=" + data() + "/pid",
                 "--innodb-flush-log-at-trx-commit=2", "--innodb-flush-method=nosync", "--innodb-log-file-size=48M",
                 "--innodb-buffer-pool-size=64M", "--performance-schema=off", "--skip-name-resolve", "--skip-log-bin"}),
        log_);
    await_ready(pid_, log_, [this] { return try_sql("SELECT 1"); });
  }

  bool try_sql(const std::string& sql) const {
    MYSQL* connection = mysql_init(nullptr);
    const bool done = mysql_real_connect(connection, nullptr, "root", "", nullptr, 0, socket().c_str(), 0) != nullptr &&
                      mysql_query(connection, sql.c_str()) == 0;
    mysql_close(connection);
    return done;
  }

  ServerFolder folder_;
  fs::path log_ = folder_.path() / "log";
  int port_;
  int databases_ = 0;
  pid_t pid_ = 0;
};

}  // namespace

std::unique_ptr<DatabaseServer> start_mariadb() {
  return std::make_unique<MariadbServer>();
}

}  // namespace qd::store::testing
