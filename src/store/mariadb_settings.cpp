#include "store/mariadb_settings.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "store/time_limits.hpp"

namespace qd::store {
namespace {

struct Tls {
  bool required = false;
  bool verified = false;
};

// Connector/J and MariaDB Connector/J spell it in several ways.
Tls wanted_tls(const DatabaseTarget& target) {
  const auto mode = base::replace_all(base::lower(target.parameter("sslmode")), "_", "-");
  const bool old_style = target.parameter("usessl") == "true" || target.parameter("requiressl") == "true";
  Tls tls;
  tls.verified = mode == "verify-ca" || mode == "verify-full" || mode == "verify-identity" ||
                 target.parameter("verifyservercertificate") == "true";
  tls.required = tls.verified || old_style || mode == "required" || mode == "require" || mode == "trust";
  return tls;
}

void set_tls(MYSQL* connection, const DatabaseTarget& target) {
  const auto tls = wanted_tls(target);
  const auto authority = target.parameter("serversslcert");
  if (!authority.empty()) mysql_optionsv(connection, MYSQL_OPT_SSL_CA, authority.c_str());
  const my_bool enforce = tls.required ? 1 : 0;
  const my_bool verify = tls.verified || (tls.required && !authority.empty()) ? 1 : 0;
  mysql_optionsv(connection, MYSQL_OPT_SSL_ENFORCE, &enforce);
  mysql_optionsv(connection, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
}

}  // namespace

void set_mariadb_options(MYSQL* connection, const DatabaseTarget& target, std::chrono::milliseconds connect_timeout) {
  const auto connect_seconds = static_cast<unsigned>(std::max<std::int64_t>(1, (connect_timeout.count() + 999) / 1000));
  const auto read_seconds = static_cast<unsigned>(answer_limit.count());
  const unsigned write_seconds = 30;
  const my_bool no = 0;
  mysql_optionsv(connection, MYSQL_OPT_CONNECT_TIMEOUT, &connect_seconds);
  mysql_optionsv(connection, MYSQL_OPT_READ_TIMEOUT, &read_seconds);
  mysql_optionsv(connection, MYSQL_OPT_WRITE_TIMEOUT, &write_seconds);
  mysql_optionsv(connection, MYSQL_OPT_RECONNECT, &no);
  mysql_optionsv(connection, MYSQL_OPT_LOCAL_INFILE, nullptr);
  mysql_optionsv(connection, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  set_tls(connection, target);
}

std::vector<std::string> mariadb_session_sql(bool is_mariadb) {
  const auto seconds = std::to_string(statement_limit.count());
  std::vector<std::string> sql = {
      "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ONLY_FULL_GROUP_BY'",
      "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
      "SET SESSION innodb_lock_wait_timeout = " + std::to_string(lock_limit.count()),
      is_mariadb ? "SET SESSION max_statement_time = " + seconds
                 : "SET SESSION max_execution_time = " + seconds + "000",
  };
  if (is_mariadb) sql.push_back("SET SESSION idle_transaction_timeout = " + std::to_string(idle_limit.count()));
  return sql;
}

}  // namespace qd::store
