#include "store/mariadb_connection.hpp"

#include <algorithm>
#include <errmsg.h>
#include <mutex>
#include <mysqld_error.h>
#include <poll.h>

#include "base/text.hpp"
#include "store/mariadb_result.hpp"
#include "store/mariadb_settings.hpp"
#include "store/sql_text.hpp"

namespace qd::store {
namespace {

constexpr std::size_t statements_per_connection = 200;

// After these the connection is of no more use: cut, being shut down, or the server takes no writes any more.
bool is_loss(unsigned code) {
  switch (code) {
    case CR_SERVER_GONE_ERROR:
    case CR_SERVER_LOST:
    case CR_CONNECTION_ERROR:
    case CR_CONN_HOST_ERROR:
    case CR_COMMANDS_OUT_OF_SYNC:
    case ER_SERVER_SHUTDOWN:
    case ER_CON_COUNT_ERROR:
    case ER_OPTION_PREVENTS_STATEMENT:  // --read-only: a demoted primary
    case ER_UNKNOWN_STMT_HANDLER:
    case 1927:  // killed
      return true;
    default:
      return false;
  }
}

bool is_conflict(unsigned code) {
  return code == ER_LOCK_DEADLOCK || code == ER_LOCK_WAIT_TIMEOUT || code == ER_CHECKREAD;
}

bool is_passing(unsigned code) {  // the same statement may work later
  constexpr unsigned statement_timeout = 1969, query_interrupted = ER_QUERY_INTERRUPTED;
  return code == statement_timeout || code == query_interrupted || code == ER_DISK_FULL || code == ER_RECORD_FILE_FULL;
}

struct MariadbBinder {
  MYSQL_BIND& bind;
  void operator()(std::nullptr_t) const { bind.buffer_type = MYSQL_TYPE_NULL; }
  void operator()(const std::int64_t& value) const { point(MYSQL_TYPE_LONGLONG, &value, sizeof value); }
  void operator()(const double& value) const { point(MYSQL_TYPE_DOUBLE, &value, sizeof value); }
  void operator()(const std::string& value) const { point(MYSQL_TYPE_STRING, value.data(), value.size()); }
  void operator()(const Blob& value) const { point(MYSQL_TYPE_BLOB, value.bytes.data(), value.bytes.size()); }
  void point(enum_field_types type, const void* data, std::size_t size) const {
    bind.buffer_type = type;
    bind.buffer = const_cast<void*>(data);  // the library only reads parameters
    bind.buffer_length = size;
    bind.length = &bind.buffer_length;
  }
};

}  // namespace

MariadbConnection::MariadbConnection(const DatabaseTarget& target, std::chrono::milliseconds connect_timeout)
    : place_(target.describe()), statements_(statements_per_connection) {
  static std::once_flag library;
  std::call_once(library, [] { mysql_server_init(0, nullptr, nullptr); });
  std::string failures;
  for (const auto& host : target.hosts) {
    if (connect_to(host, target, connect_timeout)) {
      try {
        prepare_session();
        if (target.hosts.size() == 1 || accepts_writes()) return;
        failures += " " + host.name + " takes no writes.";
      } catch (...) {
        mysql_close(connection_);
        throw;
      }
    } else {
      failures += " " + host.name + ": " + mysql_error(connection_) + ".";
    }
    const auto code = mysql_errno(connection_);
    mysql_close(connection_);
    if (&host == &target.hosts.back()) {
      throw ConnectionLost(place_ + ": cannot connect:" + failures, true, std::to_string(code));
    }
  }
}

MariadbConnection::~MariadbConnection() {
  statements_.clear([](MYSQL_STMT* statement) { mysql_stmt_close(statement); });
  mysql_close(connection_);
}

bool MariadbConnection::connect_to(const DatabaseTarget::Host& host, const DatabaseTarget& target,
                                   std::chrono::milliseconds connect_timeout) {
  connection_ = mysql_init(nullptr);
  if (connection_ == nullptr) throw std::bad_alloc();
  set_mariadb_options(connection_, target, connect_timeout);
  const auto socket = target.parameter("localsocket");
  return mysql_real_connect(connection_, socket.empty() ? host.name.c_str() : nullptr, target.username.c_str(),
                            target.password.c_str(), target.database.c_str(), static_cast<unsigned>(host.port),
                            socket.empty() ? nullptr : socket.c_str(), CLIENT_FOUND_ROWS) != nullptr;
}

void MariadbConnection::prepare_session() {
  const std::string version = mysql_get_server_info(connection_);
  for (const auto& sql : mariadb_session_sql(base::icontains(version, "mariadb"))) run_plain(sql);
}

bool MariadbConnection::accepts_writes() {
  return query("SELECT @@GLOBAL.read_only", {}).at(0).integer(0) == 0;
}

bool MariadbConnection::alive() {
  if (broken_) return false;
  pollfd socket{static_cast<int>(mysql_get_socket(connection_)), POLLIN | POLLRDHUP, 0};
  return poll(&socket, 1, 0) == 0;  // a server says nothing unasked, except farewell
}

void MariadbConnection::throw_error(unsigned code, const std::string& text, std::string_view sql, bool executing) {
  const auto native = std::to_string(code);
  const std::string message = place_ + ": " + text + " (in: " + abbreviate_sql(sql) + ")";
  if (is_loss(code)) {
    broken_ = true;
    throw ConnectionLost(message, !executing || code == CR_SERVER_GONE_ERROR, native);
  }
  if (code == ER_DUP_ENTRY) throw UniqueViolation(text);
  if (is_conflict(code)) throw TransactionConflict(message, native);
  throw DatabaseError(message, is_passing(code), native);
}

void MariadbConnection::run_plain(const std::string& sql) {
  if (mysql_real_query(connection_, sql.data(), sql.size()) == 0) return;
  throw_error(mysql_errno(connection_), mysql_error(connection_), sql, true);
}

MYSQL_STMT* MariadbConnection::prepared(std::string_view sql) {
  if (auto** known = statements_.find(sql)) return *known;
  MYSQL_STMT* statement = mysql_stmt_init(connection_);
  if (statement == nullptr) throw std::bad_alloc();
  if (mysql_stmt_prepare(statement, sql.data(), sql.size()) != 0) {
    const auto code = mysql_stmt_errno(statement);
    const std::string text = mysql_stmt_error(statement);
    mysql_stmt_close(statement);
    throw_error(code, text, sql, false);
  }
  return statements_.add(sql, statement, [](MYSQL_STMT* old) { mysql_stmt_close(old); });
}

void MariadbConnection::bind(MYSQL_STMT* statement, std::string_view sql, const Params& params) {
  if (mysql_stmt_param_count(statement) != params.size()) {
    throw DatabaseError(std::to_string(params.size()) + " values were given for: " + abbreviate_sql(sql), false);
  }
  if (params.empty()) return;
  binds_.assign(params.size(), MYSQL_BIND{});
  for (std::size_t i = 0; i < params.size(); ++i) std::visit(MariadbBinder{binds_[i]}, params[i]);
  mysql_stmt_bind_param(statement, binds_.data());
}

MYSQL_STMT* MariadbConnection::run(std::string_view sql, const Params& params) {
  require_storable(sql, params);
  MYSQL_STMT* statement = prepared(sql);
  bind(statement, sql, params);
  if (mysql_stmt_execute(statement) == 0) return statement;
  throw_error(mysql_stmt_errno(statement), mysql_stmt_error(statement), sql, true);
}

Rows MariadbConnection::query(std::string_view sql, const Params& params) {
  MYSQL_STMT* statement = run(sql, params);
  if (mysql_stmt_store_result(statement) != 0) {
    throw_error(mysql_stmt_errno(statement), mysql_stmt_error(statement), sql, true);
  }
  Rows rows = read_rows(statement);
  mysql_stmt_free_result(statement);
  return rows;
}

std::int64_t MariadbConnection::execute(std::string_view sql, const Params& params) {
  MYSQL_STMT* statement = run(sql, params);
  if (mysql_stmt_field_count(statement) > 0) mysql_stmt_free_result(statement);
  return static_cast<std::int64_t>(mysql_stmt_affected_rows(statement));
}

std::int64_t MariadbConnection::insert(std::string_view sql, const Params& params) {
  MYSQL_STMT* statement = run(sql, params);
  if (mysql_stmt_affected_rows(statement) == 0) return 0;
  return static_cast<std::int64_t>(mysql_stmt_insert_id(statement));
}

}  // namespace qd::store
