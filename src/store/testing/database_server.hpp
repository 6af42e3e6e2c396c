// Real database servers for tests: PostgreSQL and MariaDB, each on a folder of its own, on loopback and a free port,
// run by an unprivileged user, with fsync off. They end with the object, and also when the test program dies.
#pragma once

#include <memory>
#include <string>
#include <sys/types.h>

namespace qd::store::testing {

// Start it on the main thread: the server dies with the thread that started it.
class DatabaseServer {
 public:
  virtual ~DatabaseServer() = default;

  // Makes a new, empty database and returns its JDBC URL.
  virtual std::string create_database() = 0;
  virtual std::string username() const = 0;
  virtual std::string password() const = 0;
  // Kills the server as a crash would, and starts it again on the same data and port. Returns when it takes
  // connections.
  virtual void crash_and_restart() = 0;
};

// Throws std::runtime_error, with the end of the server's log, when it does not start.
std::unique_ptr<DatabaseServer> start_postgresql();
std::unique_ptr<DatabaseServer> start_mariadb();

}  // namespace qd::store::testing
