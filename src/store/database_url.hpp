// Database URLs as users have them in `dataSource.url`, read into what the client libraries need.
//
//   jdbc:postgresql://host[:port][,host2[:port]]/database[?currentSchema=…&sslmode=…&sslrootcert=…&socketTimeout=…]
//   jdbc:mariadb://host[:port][,host2]/database[?useSSL=…&sslMode=…&localSocket=…]   (also jdbc:mysql:)
//   jdbc:h2:…                     the embedded default (SQLite)
//   sqlite:/path, jdbc:sqlite:/path
// The leading "jdbc:" may be left out. `postgres:` is read as `postgresql:`. Parameters that mean nothing here are
// ignored.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "store/database.hpp"

namespace qd::store {

struct DatabaseTarget {
  struct Host {
    std::string name;
    int port = 0;
    bool operator==(const Host&) const = default;
  };
  Dialect dialect = Dialect::sqlite;
  std::string path;         // SQLite only
  std::vector<Host> hosts;  // tried in order; the first that accepts writes is used
  std::string database;
  std::string username;
  std::string password;
  std::map<std::string, std::string> parameters;  // names in lower case, values decoded

  std::string parameter(const std::string& lower_name) const;  // "" when absent
  std::string describe() const;                                // for messages; holds no password
};

// `username` and `password` of the configuration win over those in the URL. The error lists what is supported.
Result<DatabaseTarget> parse_database_url(const DatabaseConfig& config);

}  // namespace qd::store
