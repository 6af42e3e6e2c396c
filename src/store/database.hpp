// The shared database: SQLite (embedded default), PostgreSQL, MariaDB/MySQL, behind one small face.
//
// SQL is written once, with `?` for parameters, in the common subset; where the dialects differ, the statement is made
// by a function of Dialect. Text is UTF-8 and may hold NUL nowhere (it is refused). Times are UnixMillis in BIGINT
// columns, booleans 0/1 in SMALLINT columns, documents JSON in TEXT columns.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace qd::store {

enum class Dialect { sqlite, postgresql, mariadb };

// Lost infrastructure or a broken statement. `unavailable` is true when the database could not be reached or the
// connection was cut: trying again later may work, and whether a statement under way was committed is unknown.
struct DatabaseError : std::runtime_error {
  DatabaseError(const std::string& message, bool is_unavailable, std::string native_code = {})
      : std::runtime_error(message), unavailable(is_unavailable), code(std::move(native_code)) {}
  bool unavailable;
  std::string code;  // SQLSTATE (PostgreSQL) or the error's number (SQLite, MariaDB); "" when the error is our own
};
// What is kept cannot be closed or opened: the storage key is missing, or another one. Nothing to do with the
// connection; a member with the key may still do it.
struct SealError : DatabaseError {
  explicit SealError(const std::string& message) : DatabaseError(message, true) {}
};
// A unique key is taken already; nothing was written.
struct UniqueViolation : DatabaseError {
  explicit UniqueViolation(const std::string& message) : DatabaseError(message, false) {}
};

// Bytes of any kind, for BLOB/BYTEA columns.
struct Blob {
  std::string bytes;
  bool operator==(const Blob&) const = default;
};

using Value = std::variant<std::nullptr_t, std::int64_t, double, std::string, Blob>;
using Params = std::vector<Value>;

class Row {
 public:
  explicit Row(std::vector<Value> values) : values_(std::move(values)) {}
  bool null(std::size_t column) const;
  std::string text(std::size_t column) const;      // "" for NULL; of a Blob its bytes
  std::int64_t integer(std::size_t column) const;  // 0 for NULL
  double real(std::size_t column) const;
  bool truth(std::size_t column) const { return integer(column) != 0; }
  std::optional<std::int64_t> optional_integer(std::size_t column) const;
  std::optional<std::string> optional_text(std::size_t column) const;

 private:
  std::vector<Value> values_;
};
using Rows = std::vector<Row>;

// One of several that travel together.
struct Statement {
  std::string_view sql;  // its text outlives the call
  Params params;
  enum class Answer { count, id } answer = Answer::count;  // what of execute() or of insert() is wanted
};

// One connection, lent by Database for the length of a call. Not thread-safe. Statements are prepared once per
// connection: keep a statement's text the same and pass what varies as parameters. Inside of transact() let
// UniqueViolation pass: PostgreSQL refuses every further statement of that transaction.
class Session {
 public:
  virtual ~Session() = default;
  virtual Rows query(std::string_view sql, const Params& params = {}) = 0;
  // The number of rows that were changed or matched for change.
  virtual std::int64_t execute(std::string_view sql, const Params& params = {}) = 0;
  // Statements in order; what execute() or insert() would return for each. PostgreSQL gets them in one message and
  // answers in one; outside of transact() they are a transaction there, elsewhere each commits by itself.
  virtual std::vector<std::int64_t> execute_all(const std::vector<Statement>& statements);
  // An INSERT into a table whose generated key column is `id`; returns the key, or 0 when INSERT … SELECT found no row.
  virtual std::int64_t insert(std::string_view sql, const Params& params = {}) = 0;
  virtual Dialect dialect() const = 0;
  // The database's own clock, as of this call. Every age and every due time is judged by it.
  virtual UnixMillis now();
};

struct DatabaseConfig {
  std::string url;  // a JDBC URL ("jdbc:postgresql://host:5432/rundeck", "jdbc:mariadb://…", "jdbc:mysql://…") or
                    // "sqlite:/path/to/file.db". H2 URLs, as the peer's default has them, mean the embedded default,
                    // and so does an empty one.
  std::string username;
  std::string password;
  std::size_t pool_size = 10;  // shared databases; SQLite has one writer and a few readers
  std::chrono::milliseconds acquire_timeout{10'000};
  std::chrono::milliseconds connect_timeout{5'000};
  std::string default_sqlite_path;  // file of the embedded default
};

// Thread-safe. A broken connection is thrown away and made anew at the next call.
class Database {
 public:
  // Connects once to prove that it works, and brings the schema up to date under a lock (migrations.hpp).
  static Result<std::unique_ptr<Database>> open(const DatabaseConfig& config);
  // Connects to somebody else's database, whose schema is left alone.
  static Result<std::unique_ptr<Database>> connect(const DatabaseConfig& config);
  virtual ~Database() = default;

  virtual Dialect dialect() const = 0;
  // Runs `use` on a session in a transaction: committed when it returns, rolled back when it throws. When the
  // transaction lost against another one (deadlock, serialisation), it is tried again, a few times with a growing
  // pause.
  virtual void transact(const std::function<void(Session&)>& use) = 0;
  // Runs `use` on a session without transaction: each statement commits by itself. `read_only` lets SQLite use a
  // reader.
  virtual void run(const std::function<void(Session&)>& use, bool read_only = false) = 0;

  // Convenience for one statement.
  Rows query(std::string_view sql, const Params& params = {});            // a read
  std::int64_t execute(std::string_view sql, const Params& params = {});  // a write
  std::int64_t insert(std::string_view sql, const Params& params = {});
  // A transaction of these statements and nothing else: on PostgreSQL one exchange with the server, its COMMIT
  // included.
  std::vector<std::int64_t> execute_all(const std::vector<Statement>& statements);

  // The database's own clock.
  UnixMillis now();

  struct PoolStats {
    std::size_t open = 0, busy = 0, waiting = 0, limit = 0;
    std::uint64_t reconnects = 0;
  };
  virtual PoolStats pool_stats() const = 0;
};

}  // namespace qd::store
