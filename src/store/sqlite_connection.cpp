#include "store/sqlite_connection.hpp"

#include <algorithm>
#include <thread>

#include "store/sql_text.hpp"

namespace qd::store {
namespace {

constexpr std::size_t cached_statements = 200;

// Makes a statement ready for its next use however the current one ends, and lets go of the parameters' memory.
class ResetAtExit {
 public:
  explicit ResetAtExit(sqlite3_stmt* statement) : statement_(statement) {}
  ~ResetAtExit() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }
  ResetAtExit(const ResetAtExit&) = delete;
  ResetAtExit& operator=(const ResetAtExit&) = delete;

 private:
  sqlite3_stmt* statement_;
};

// Texts are bound without a copy: the parameters outlive the statement's run.
struct SqliteBinder {
  sqlite3_stmt* statement;
  int position;
  int operator()(std::nullptr_t) const { return sqlite3_bind_null(statement, position); }
  int operator()(std::int64_t value) const { return sqlite3_bind_int64(statement, position, value); }
  int operator()(double value) const { return sqlite3_bind_double(statement, position, value); }
  int operator()(const std::string& value) const {
    return sqlite3_bind_text64(statement, position, value.data(), value.size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  int operator()(const Blob& value) const {
    return sqlite3_bind_blob64(statement, position, value.bytes.data(), value.bytes.size(), SQLITE_STATIC);
  }
};

Value column_value(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_NULL:
      return nullptr;
    case SQLITE_INTEGER:
      return static_cast<std::int64_t>(sqlite3_column_int64(statement, column));
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement, column);
    case SQLITE_BLOB: {
      const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
      return Blob{std::string(bytes == nullptr ? "" : bytes,
                              static_cast<std::size_t>(sqlite3_column_bytes(statement, column)))};
    }
    default: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
      return std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
    }
  }
}

std::string sqlite_advice(int primary_code) {
  switch (primary_code) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return " Another process keeps the database file locked; end it or use a shared database.";
    case SQLITE_FULL:
      return " The disk is full.";
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
      return " Check that the file and its folder exist and that this user may write both.";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return " The file is damaged or no SQLite database; restore it from a backup.";
    default:
      return {};
  }
}

}  // namespace

SqliteConnection::SqliteConnection(const std::string& path, bool reader, std::chrono::milliseconds busy_timeout)
    : path_(path), statements_(cached_statements) {
  const int flags =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | (reader ? 0 : SQLITE_OPEN_CREATE);
  try {
    if (const int code = sqlite3_open_v2(path.c_str(), &handle_, flags, nullptr); code != SQLITE_OK)
      throw_error(code, "open");
    sqlite3_busy_timeout(handle_, static_cast<int>(busy_timeout.count()));
    switch_to_wal(busy_timeout);
    for (const char* pragma : {"PRAGMA synchronous = NORMAL", "PRAGMA foreign_keys = ON", "PRAGMA cache_size = -8000",
                               "PRAGMA journal_size_limit = 67108864", "PRAGMA temp_store = MEMORY"}) {
      execute(pragma, {});
    }
    if (reader) execute("PRAGMA query_only = ON", {});
  } catch (...) {
    statements_.clear([](sqlite3_stmt* statement) { sqlite3_finalize(statement); });
    sqlite3_close(handle_);
    throw;
  }
}

// SQLite does not wait by its busy timeout when a process that opens the same file at the same moment switches it.
void SqliteConnection::switch_to_wal(std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  for (std::chrono::milliseconds pause{1};; pause = std::min(2 * pause, std::chrono::milliseconds{50})) {
    try {
      query("PRAGMA journal_mode = WAL", {});
      return;
    } catch (const DatabaseError& error) {
      if (!error.unavailable || std::chrono::steady_clock::now() + pause > deadline) throw;
    }
    std::this_thread::sleep_for(pause);
  }
}

SqliteConnection::~SqliteConnection() {
  statements_.clear([](sqlite3_stmt* statement) { sqlite3_finalize(statement); });
  sqlite3_close(handle_);
}

sqlite3_stmt* SqliteConnection::bound(std::string_view sql, const Params& params) {
  require_storable(sql, params);
  sqlite3_stmt* statement = nullptr;
  if (auto** known = statements_.find(sql)) {
    statement = *known;
  } else {
    const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                        &statement, nullptr);
    if (code != SQLITE_OK) throw_error(code, sql);
    statements_.add(sql, statement, [](sqlite3_stmt* old) { sqlite3_finalize(old); });
  }
  if (static_cast<std::size_t>(sqlite3_bind_parameter_count(statement)) != params.size()) {
    throw DatabaseError(std::to_string(params.size()) + " values were given for: " + abbreviate_sql(sql), false);
  }
  for (std::size_t i = 0; i < params.size(); ++i) {
    const int code = std::visit(SqliteBinder{statement, static_cast<int>(i + 1)}, params[i]);
    if (code != SQLITE_OK) throw_error(code, sql);
  }
  return statement;
}

void SqliteConnection::step_to_end(sqlite3_stmt* statement, std::string_view sql) {
  for (int code = sqlite3_step(statement); code != SQLITE_DONE; code = sqlite3_step(statement)) {
    if (code != SQLITE_ROW) throw_error(code, sql);
  }
}

Rows SqliteConnection::query(std::string_view sql, const Params& params) {
  sqlite3_stmt* statement = bound(sql, params);
  const ResetAtExit reset(statement);
  Rows rows;
  const int columns = sqlite3_column_count(statement);
  for (int code = sqlite3_step(statement); code != SQLITE_DONE; code = sqlite3_step(statement)) {
    if (code != SQLITE_ROW) throw_error(code, sql);
    std::vector<Value> values;
    values.reserve(static_cast<std::size_t>(columns));
    for (int column = 0; column < columns; ++column) values.push_back(column_value(statement, column));
    rows.emplace_back(std::move(values));
  }
  return rows;
}

std::int64_t SqliteConnection::execute(std::string_view sql, const Params& params) {
  sqlite3_stmt* statement = bound(sql, params);
  const ResetAtExit reset(statement);
  const int before = sqlite3_total_changes(handle_);
  step_to_end(statement, sql);
  return sqlite3_total_changes(handle_) == before ? 0 : sqlite3_changes(handle_);
}

std::int64_t SqliteConnection::insert(std::string_view sql, const Params& params) {
  return execute(sql, params) == 0 ? 0 : sqlite3_last_insert_rowid(handle_);
}

void SqliteConnection::begin() {
  execute("BEGIN IMMEDIATE", {});
}
void SqliteConnection::commit() {
  execute("COMMIT", {});
}
void SqliteConnection::rollback() {
  if (sqlite3_get_autocommit(handle_) == 0) execute("ROLLBACK", {});
}

void SqliteConnection::throw_error(int code, std::string_view sql) {
  const int primary = code & 0xff;
  const std::string native = std::to_string(code);
  const std::string detail = handle_ == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle_);
  if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY || code == SQLITE_CONSTRAINT_ROWID) {
    throw UniqueViolation(detail);
  }
  const std::string message =
      "SQLite database " + path_ + ": " + detail + "." + sqlite_advice(primary) + " (in: " + abbreviate_sql(sql) + ")";
  if (code == SQLITE_BUSY_SNAPSHOT) throw TransactionConflict(message, native);
  const bool unavailable = primary == SQLITE_BUSY || primary == SQLITE_LOCKED || primary == SQLITE_FULL ||
                           primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN || primary == SQLITE_NOMEM;
  throw DatabaseError(message, unavailable, native);
}

}  // namespace qd::store
