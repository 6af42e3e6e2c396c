// One connection to a PostgreSQL server (libpq). Not thread-safe.
#pragma once

#include <libpq-fe.h>
#include <memory>
#include <string>
#include <vector>

#include "store/connection.hpp"
#include "store/database_url.hpp"
#include "store/statement_cache.hpp"

namespace qd::store {

class PostgresqlConnection final : public Connection {
 public:
  // Connects to the first host that accepts writes. Throws ConnectionLost when there is none.
  PostgresqlConnection(const DatabaseTarget& target, std::chrono::milliseconds connect_timeout);
  ~PostgresqlConnection() override;
  PostgresqlConnection(const PostgresqlConnection&) = delete;
  PostgresqlConnection& operator=(const PostgresqlConnection&) = delete;

  Rows query(std::string_view sql, const Params& params) override;
  std::int64_t execute(std::string_view sql, const Params& params) override;
  std::vector<std::int64_t> execute_all(const std::vector<Statement>& statements) override;
  std::int64_t insert(std::string_view sql, const Params& params) override;
  Dialect dialect() const override { return Dialect::postgresql; }
  void begin() override;
  void commit() override;
  void rollback() override;
  bool broken() const override { return broken_; }
  bool alive() override;

 private:
  using ResultPtr = std::unique_ptr<PGresult, decltype(&PQclear)>;
  using Names = StatementCache<std::string>;

  ResultPtr run(Names& names, std::string_view sql, std::string_view suffix, const Params& params);
  const std::string& prepared(Names& names, std::string_view sql, std::string_view suffix, std::size_t params);
  const std::string& prepared(const Statement& statement);
  ResultPtr run_plain(const char* sql);
  ResultPtr wait(std::string_view sql, bool executing);
  ResultPtr receive(bool executing);  // unchecked
  void send(const std::string& name, const Params& params);
  void bind(const Params& params);
  void check(const PGresult* result, std::string_view sql, bool executing);
  [[noreturn]] void lose(const std::string& what, bool not_executed, const std::string& code = {});

  PGconn* connection_ = nullptr;
  std::string place_;  // for messages
  bool broken_ = false;
  std::uint64_t next_name_ = 0;
  Names statements_;
  Names inserts_;  // the same texts with RETURNING

  std::vector<const char*> values_;  // of bind(); kept for their memory
  std::vector<int> lengths_, formats_;
  std::vector<std::string> numbers_;
};

}  // namespace qd::store
