// One connection to an SQLite file. Not thread-safe.
#pragma once

#include <chrono>
#include <sqlite3.h>
#include <string>

#include "store/connection.hpp"
#include "store/statement_cache.hpp"

namespace qd::store {

class SqliteConnection final : public Connection {
 public:
  // Opens the file, made when it is missing, in WAL mode. Throws DatabaseError when that fails. A reader refuses
  // writes.
  SqliteConnection(const std::string& path, bool reader, std::chrono::milliseconds busy_timeout);
  ~SqliteConnection() override;
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;

  Rows query(std::string_view sql, const Params& params) override;
  std::int64_t execute(std::string_view sql, const Params& params) override;
  std::int64_t insert(std::string_view sql, const Params& params) override;
  Dialect dialect() const override { return Dialect::sqlite; }
  void begin() override;
  void commit() override;
  void rollback() override;
  bool broken() const override { return false; }
  bool alive() override { return true; }

 private:
  sqlite3_stmt* bound(std::string_view sql, const Params& params);
  void step_to_end(sqlite3_stmt* statement, std::string_view sql);
  void switch_to_wal(std::chrono::milliseconds limit);
  [[noreturn]] void throw_error(int code, std::string_view sql);

  std::string path_;
  sqlite3* handle_ = nullptr;
  StatementCache<sqlite3_stmt*> statements_;
};

}  // namespace qd::store
