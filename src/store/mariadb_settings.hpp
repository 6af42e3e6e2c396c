// What a DatabaseTarget means to libmariadb.
#pragma once

#include <chrono>
#include <mysql.h>
#include <string>
#include <vector>

#include "store/database_url.hpp"

namespace qd::store {

void set_mariadb_options(MYSQL* connection, const DatabaseTarget& target, std::chrono::milliseconds connect_timeout);
// Run once on a new connection: strict mode, isolation, time limits.
std::vector<std::string> mariadb_session_sql(bool is_mariadb);

}  // namespace qd::store
