// Rows of a prepared statement of libmariadb.
#pragma once

#include <mysql.h>

#include "store/database.hpp"

namespace qd::store {

// After mysql_stmt_store_result().
Rows read_rows(MYSQL_STMT* statement);

}  // namespace qd::store
