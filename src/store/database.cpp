#include "store/database.hpp"

#include "store/database_url.hpp"
#include "store/mariadb_connection.hpp"
#include "store/migrations.hpp"
#include "store/pooled_database.hpp"
#include "store/postgresql_connection.hpp"
#include "store/sqlite_database.hpp"

namespace qd::store {
namespace {

std::unique_ptr<Database> open_backend(const DatabaseTarget& target, const DatabaseConfig& config) {
  const auto timeout = config.connect_timeout;
  switch (target.dialect) {
    case Dialect::postgresql:
      return std::make_unique<PooledDatabase>(
          target.dialect, [=] { return std::make_unique<PostgresqlConnection>(target, timeout); }, config);
    case Dialect::mariadb:
      return std::make_unique<PooledDatabase>(
          target.dialect, [=] { return std::make_unique<MariadbConnection>(target, timeout); }, config);
    case Dialect::sqlite:
      break;
  }
  return std::make_unique<SqliteDatabase>(target.path, config);
}

const char* now_sql(Dialect dialect) {
  return dialect == Dialect::postgresql ? "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"
                                        : "SELECT CAST(UNIX_TIMESTAMP(SYSDATE(3)) * 1000 AS SIGNED)";
}

}  // namespace

namespace {

Result<std::unique_ptr<Database>> open_with(const DatabaseConfig& config, void (*prepare)(Database&)) {
  const auto target = parse_database_url(config);
  if (!target) return fail(target.error());
  try {
    auto database = open_backend(*target, config);
    prepare(*database);
    return database;
  } catch (const DatabaseError& error) {
    return fail(error.unavailable ? ErrorKind::unavailable : ErrorKind::internal,
                "The " + target->describe() + " cannot be used: " + error.what());
  }
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open(const DatabaseConfig& config) {
  return open_with(config, [](Database& database) { migrate(database); });
}

Result<std::unique_ptr<Database>> Database::connect(const DatabaseConfig& config) {
  return open_with(config, [](Database& database) { database.query("SELECT 1"); });
}

Rows Database::query(std::string_view sql, const Params& params) {
  Rows rows;
  run([&](Session& session) { rows = session.query(sql, params); }, true);
  return rows;
}

std::int64_t Database::execute(std::string_view sql, const Params& params) {
  std::int64_t changed = 0;
  run([&](Session& session) { changed = session.execute(sql, params); });
  return changed;
}

std::int64_t Database::insert(std::string_view sql, const Params& params) {
  std::int64_t key = 0;
  run([&](Session& session) { key = session.insert(sql, params); });
  return key;
}

UnixMillis Database::now() {
  UnixMillis now = 0;
  run([&](Session& session) { now = session.now(); }, true);
  return now;
}

std::vector<std::int64_t> Database::execute_all(const std::vector<Statement>& statements) {
  std::vector<std::int64_t> answers;
  const auto use = [&](Session& session) { answers = session.execute_all(statements); };
  const bool is_transaction = statements.size() < 2 || dialect() == Dialect::postgresql;
  is_transaction ? run(use) : transact(use);
  return answers;
}

std::vector<std::int64_t> Session::execute_all(const std::vector<Statement>& statements) {
  std::vector<std::int64_t> answers;
  answers.reserve(statements.size());
  for (const auto& [sql, params, answer] : statements) {
    answers.push_back(answer == Statement::Answer::id ? insert(sql, params) : execute(sql, params));
  }
  return answers;
}

UnixMillis Session::now() {
  if (dialect() == Dialect::sqlite) return SystemClock().now();  // the same machine, and SQLite reads the same clock
  return query(now_sql(dialect())).at(0).integer(0);
}

}  // namespace qd::store
