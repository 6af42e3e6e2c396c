#include "store/postgresql_connection.hpp"

#include <poll.h>

#include "base/logging.hpp"
#include "base/text.hpp"
#include "store/postgresql_result.hpp"
#include "store/postgresql_settings.hpp"
#include "store/sql_text.hpp"
#include "store/time_limits.hpp"

namespace qd::store {
namespace {

constexpr std::size_t cached_per_connection = 200;
constexpr const char* returning_id = " RETURNING id";

void log_notice(void*, const char* text) {
  base::log_debug("store", base::trim(text));
}

std::string trimmed(const char* text) {
  return std::string(base::trim(text == nullptr ? "" : text));
}

// Classes of SQLSTATE after which the connection is of no more use: cut, being shut down, or no longer the primary.
bool means_lost(const std::string& state) {
  return state.starts_with("08") || state.starts_with("57P") || state == "25006" || state == "53300";
}

std::int64_t rows_of(const PGresult* result) {
  return base::parse_int(PQcmdTuples(const_cast<PGresult*>(result))).value_or(0);
}

std::int64_t id_of(const PGresult* result) {
  const auto rows = read_rows(result);
  return rows.empty() ? 0 : rows.front().integer(0);
}

}  // namespace

PostgresqlConnection::PostgresqlConnection(const DatabaseTarget& target, std::chrono::milliseconds connect_timeout)
    : place_(target.describe()), statements_(cached_per_connection), inserts_(cached_per_connection) {
  connection_ = connect_postgresql(postgresql_settings(target, connect_timeout));
  try {
    if (PQstatus(connection_) != CONNECTION_OK) lose("cannot connect: " + trimmed(PQerrorMessage(connection_)), true);
    PQsetNoticeProcessor(connection_, log_notice, nullptr);
    run_plain(postgresql_session_sql(target).c_str());
  } catch (...) {
    PQfinish(connection_);
    throw;
  }
}

PostgresqlConnection::~PostgresqlConnection() {
  PQfinish(connection_);
}

void PostgresqlConnection::lose(const std::string& what, bool not_executed, const std::string& code) {
  broken_ = true;
  throw ConnectionLost(place_ + ": " + what, not_executed, code);
}

bool PostgresqlConnection::alive() {
  if (broken_ || PQstatus(connection_) != CONNECTION_OK) return false;
  pollfd socket{PQsocket(connection_), POLLIN, 0};
  if (poll(&socket, 1, 0) == 0) return true;  // nothing was said: not a farewell either
  return PQconsumeInput(connection_) == 1 && PQstatus(connection_) == CONNECTION_OK && poll(&socket, 1, 0) == 0;
}

void PostgresqlConnection::check(const PGresult* result, std::string_view sql, bool executing) {
  const auto status = PQresultStatus(result);
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return;
  const char* field = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const std::string state = field == nullptr ? "" : field;
  const std::string text = trimmed(result == nullptr ? PQerrorMessage(connection_) : PQresultErrorMessage(result));
  if (PQstatus(connection_) != CONNECTION_OK || means_lost(state)) lose(text, !executing, state);
  if (state == "23505") throw UniqueViolation(text);
  const std::string message = place_ + ": " + text + " (in: " + abbreviate_sql(sql) + ")";
  if (state == "40001" || state == "40P01") throw TransactionConflict(message, state);
  const bool unavailable = state == "57014" || state == "55P03" || state.starts_with("53");
  throw DatabaseError(message, unavailable, state);
}

PostgresqlConnection::ResultPtr PostgresqlConnection::wait(std::string_view sql, bool executing) {
  auto result = receive(executing);
  check(result.get(), sql, executing);
  return result;
}

PostgresqlConnection::ResultPtr PostgresqlConnection::receive(bool executing) {
  const auto deadline = std::chrono::steady_clock::now() + answer_limit;
  while (PQisBusy(connection_) != 0) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd socket{PQsocket(connection_), POLLIN, 0};
    const int ready = poll(&socket, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (ready == 0) lose("no answer within " + std::to_string(answer_limit.count()) + " s", false);
    if (ready > 0 && PQconsumeInput(connection_) == 0) lose(trimmed(PQerrorMessage(connection_)), !executing);
  }
  ResultPtr result(PQgetResult(connection_), PQclear);
  while (PGresult* more = PQgetResult(connection_)) {
    // Of several statements the last result counts, unless one failed before it.
    if (PQresultStatus(result.get()) != PGRES_FATAL_ERROR) {
      result.reset(more);
    } else {
      PQclear(more);
    }
  }
  return result;
}

PostgresqlConnection::ResultPtr PostgresqlConnection::run_plain(const char* sql) {
  if (PQsendQuery(connection_, sql) == 0) lose(trimmed(PQerrorMessage(connection_)), true);
  return wait(sql, true);
}

const std::string& PostgresqlConnection::prepared(Names& names, std::string_view sql, std::string_view suffix,
                                                  std::size_t params) {
  if (const auto* known = names.find(sql)) return *known;
  std::string name = "q" + std::to_string(++next_name_);
  const auto numbered = number_placeholders(sql) + std::string(suffix);
  if (PQsendPrepare(connection_, name.c_str(), numbered.c_str(), static_cast<int>(params), nullptr) == 0) {
    lose(trimmed(PQerrorMessage(connection_)), true);
  }
  wait(sql, false);
  return names.add(sql, std::move(name), [this](const std::string& old) { run_plain(("DEALLOCATE " + old).c_str()); });
}

void PostgresqlConnection::bind(const Params& params) {
  values_.assign(params.size(), nullptr);
  lengths_.assign(params.size(), 0);
  formats_.assign(params.size(), 0);
  if (numbers_.size() < params.size()) numbers_.resize(params.size());
  for (std::size_t i = 0; i < params.size(); ++i) {
    if (const auto* text = std::get_if<std::string>(&params[i])) {
      values_[i] = text->c_str();
    } else if (const auto* number = std::get_if<std::int64_t>(&params[i])) {
      values_[i] = (numbers_[i] = std::to_string(*number)).c_str();
    } else if (const auto* real = std::get_if<double>(&params[i])) {
      values_[i] = (numbers_[i] = exact_text(*real)).c_str();
    } else if (const auto* blob = std::get_if<Blob>(&params[i])) {
      values_[i] = blob->bytes.data();
      lengths_[i] = static_cast<int>(blob->bytes.size());
      formats_[i] = 1;
    }
  }
}

PostgresqlConnection::ResultPtr PostgresqlConnection::run(Names& names, std::string_view sql, std::string_view suffix,
                                                          const Params& params) {
  require_storable(sql, params);
  send(prepared(names, sql, suffix, params.size()), params);
  return wait(sql, true);
}

void PostgresqlConnection::send(const std::string& name, const Params& params) {
  bind(params);
  if (PQsendQueryPrepared(connection_, name.c_str(), static_cast<int>(params.size()), values_.data(), lengths_.data(),
                          formats_.data(), 0) == 0) {
    lose(trimmed(PQerrorMessage(connection_)), true);
  }
}

const std::string& PostgresqlConnection::prepared(const Statement& statement) {
  return statement.answer == Statement::Answer::id
             ? prepared(inserts_, statement.sql, returning_id, statement.params.size())
             : prepared(statements_, statement.sql, "", statement.params.size());
}

// In libpq's pipeline mode. After a failure the server skips the rest; up to the sync it is one transaction.
std::vector<std::int64_t> PostgresqlConnection::execute_all(const std::vector<Statement>& statements) {
  if (statements.size() < 2) return Session::execute_all(statements);
  std::vector<std::string> names;  // copies: preparing one may evict another
  names.reserve(statements.size());
  for (const auto& statement : statements) {
    require_storable(statement.sql, statement.params);
    names.push_back(prepared(statement));
  }
  if (PQenterPipelineMode(connection_) == 0) lose(trimmed(PQerrorMessage(connection_)), true);
  for (std::size_t i = 0; i < statements.size(); ++i) send(names[i], statements[i].params);
  if (PQpipelineSync(connection_) == 0) lose(trimmed(PQerrorMessage(connection_)), false);
  std::vector<ResultPtr> results;
  results.reserve(statements.size());
  for (std::size_t i = 0; i < statements.size(); ++i) results.push_back(receive(true));
  const auto synced = receive(true);
  if (PQresultStatus(synced.get()) != PGRES_PIPELINE_SYNC || PQexitPipelineMode(connection_) == 0) {
    lose(trimmed(PQerrorMessage(connection_)), false);
  }
  std::vector<std::int64_t> answers;
  answers.reserve(statements.size());
  for (std::size_t i = 0; i < statements.size(); ++i) {
    const auto* result = results[i].get();
    check(result, statements[i].sql, true);
    answers.push_back(statements[i].answer == Statement::Answer::id ? id_of(result) : rows_of(result));
  }
  return answers;
}

Rows PostgresqlConnection::query(std::string_view sql, const Params& params) {
  return read_rows(run(statements_, sql, "", params).get());
}

std::int64_t PostgresqlConnection::execute(std::string_view sql, const Params& params) {
  return rows_of(run(statements_, sql, "", params).get());
}

std::int64_t PostgresqlConnection::insert(std::string_view sql, const Params& params) {
  return id_of(run(inserts_, sql, returning_id, params).get());
}

void PostgresqlConnection::begin() {
  run_plain("BEGIN");
}

void PostgresqlConnection::commit() {
  const auto result = run_plain("COMMIT");
  if (std::string_view(PQcmdStatus(result.get())) == "ROLLBACK") {
    throw DatabaseError(place_ + ": the transaction was rolled back because a statement in it had failed", false);
  }
}

void PostgresqlConnection::rollback() {
  run_plain("ROLLBACK");
}

}  // namespace qd::store
