// What a DatabaseTarget means to libpq.
#pragma once

#include <chrono>
#include <libpq-fe.h>
#include <map>
#include <string>

#include "store/database_url.hpp"

namespace qd::store {

// Connection parameters as libpq names them.
std::map<std::string, std::string> postgresql_settings(const DatabaseTarget& target,
                                                       std::chrono::milliseconds connect_timeout);
// A connection by such parameters, which the caller finishes. Whether it came about is in PQstatus(). Blocks.
PGconn* connect_postgresql(const std::map<std::string, std::string>& settings);
// Run once on a new connection: time limits and search path.
std::string postgresql_session_sql(const DatabaseTarget& target);

}  // namespace qd::store
