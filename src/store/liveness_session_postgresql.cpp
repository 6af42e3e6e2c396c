#include <algorithm>
#include <libpq-fe.h>
#include <poll.h>

#include "base/id.hpp"
#include "base/text.hpp"
#include "store/connection.hpp"
#include "store/liveness_session_kinds.hpp"
#include "store/postgresql_settings.hpp"

namespace qd::store {
namespace {

constexpr const char* pg_boot_sql = "SELECT CAST(EXTRACT(EPOCH FROM pg_postmaster_start_time()) * 1000000 AS BIGINT)";
constexpr const char* pg_held_sql =
    "SELECT (CAST(CAST(classid AS TEXT) AS BIGINT) << 32) | CAST(CAST(objid AS TEXT) AS BIGINT) FROM pg_locks "
    "WHERE locktype = 'advisory' AND objsubid = 1 AND granted "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
// A host that vanished answers nothing: the server asks after 2 s, and gives up after 3 more. Over a local socket
// these mean nothing and are refused.
constexpr const char* pg_keepalive_sql[] = {"SET tcp_keepalives_idle = 2", "SET tcp_keepalives_interval = 1",
                                            "SET tcp_keepalives_count = 3", "SET tcp_user_timeout = 5000"};

std::string pg_lock_key(const std::string& uuid) {
  const auto digest = base::sha256_hex("member " + uuid);
  return std::to_string(static_cast<std::int64_t>(std::stoull(digest.substr(0, 16), nullptr, 16)));
}

class PostgresqlLiveness final : public LivenessSession {
 public:
  PostgresqlLiveness(DatabaseTarget target, std::string uuid)
      : target_(std::move(target)), uuid_(std::move(uuid)), key_(pg_lock_key(uuid_)) {}
  ~PostgresqlLiveness() override { PostgresqlLiveness::release(); }

  bool acquire() override {
    if (connection_ == nullptr) connect();
    if (!held_) held_ = ask("SELECT pg_try_advisory_lock(" + key_ + ")").at(0) == "t";
    return held_;
  }

  bool still_held() override {
    if (held_) {
      try {
        ask("SELECT 1");
        return true;
      } catch (const DatabaseError&) {
        release();
      }
    }
    return acquire();
  }

  std::set<std::string> free_locks(const std::vector<std::string>& uuids) override {
    const auto held = ask(pg_held_sql);
    std::set<std::string> free;
    for (const auto& uuid : uuids) {
      if (std::find(held.begin(), held.end(), pg_lock_key(uuid)) == held.end()) free.insert(uuid);
    }
    return free;
  }

  std::string server_boot() override { return boot_; }

  bool wait(Millis timeout) override {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    while (!take_notifications()) {
      if (!readable_before(deadline)) return false;
      if (PQconsumeInput(connection_) == 0) lose(PQerrorMessage(connection_));
    }
    return true;
  }

  void release() noexcept override {
    PQfinish(connection_);
    connection_ = nullptr;
    held_ = false;
    boot_.clear();
  }

 private:
  void connect() {
    auto settings = postgresql_settings(target_, liveness_patience);
    settings["application_name"] = "quarterdeck member " + uuid_.substr(0, 8);
    settings["keepalives_idle"] = "2";
    settings["keepalives_interval"] = "1";
    settings["tcp_user_timeout"] = std::to_string(liveness_patience.count());
    connection_ = connect_postgresql(settings);
    if (PQstatus(connection_) != CONNECTION_OK) lose(PQerrorMessage(connection_));
    PQsetNoticeProcessor(
        connection_, [](void*, const char*) {}, nullptr);
    for (const char* sql : pg_keepalive_sql) {
      try {
        ask(sql);
      } catch (const ConnectionLost&) {
        throw;
      } catch (const DatabaseError&) {  // an older server, or a local socket
      }
    }
    ask("SET idle_in_transaction_session_timeout = 5000");
    ask(std::string("LISTEN ") + channel);
    boot_ = ask(pg_boot_sql).at(0);
  }

  // The first column of the answer.
  std::vector<std::string> ask(const std::string& sql) {
    if (connection_ == nullptr) throw ConnectionLost(target_.describe() + ": the member's session was cut", true);
    if (PQsendQuery(connection_, sql.c_str()) == 0) lose(PQerrorMessage(connection_));
    const auto deadline = std::chrono::steady_clock::now() + liveness_patience;
    while (PQisBusy(connection_) != 0) {
      if (!readable_before(deadline)) lose("no answer within " + std::to_string(liveness_patience.count()) + " ms");
      if (PQconsumeInput(connection_) == 0) lose(PQerrorMessage(connection_));
    }
    std::vector<std::string> column;
    std::string error;
    while (PGresult* result = PQgetResult(connection_)) {
      const auto status = PQresultStatus(result);
      if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) error = PQresultErrorMessage(result);
      for (int row = 0; row < PQntuples(result); ++row) column.emplace_back(PQgetvalue(result, row, 0));
      PQclear(result);
    }
    if (PQstatus(connection_) != CONNECTION_OK) lose(error);
    if (!error.empty()) throw DatabaseError(target_.describe() + ": " + std::string(base::trim(error)), false);
    return column;
  }

  bool readable_before(std::chrono::steady_clock::time_point deadline) {
    if (connection_ == nullptr) throw ConnectionLost(target_.describe() + ": the member's session was cut", true);
    const auto left = std::chrono::duration_cast<Millis>(deadline - std::chrono::steady_clock::now());
    pollfd socket{PQsocket(connection_), POLLIN, 0};
    return poll(&socket, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0))) > 0;
  }

  bool take_notifications() {
    bool mine = false;
    while (PGnotify* note = PQnotifies(connection_)) {
      const std::string payload = note->extra;
      mine = mine || payload.empty() || payload == uuid_;
      PQfreemem(note);
    }
    return mine;
  }

  [[noreturn]] void lose(const std::string& why) {
    const std::string text(base::trim(why));
    release();
    throw ConnectionLost(target_.describe() + ": the member's session was cut: " + text, false);
  }

  const DatabaseTarget target_;
  const std::string uuid_;
  const std::string key_;
  PGconn* connection_ = nullptr;
  bool held_ = false;
  std::string boot_;
};

}  // namespace

std::unique_ptr<LivenessSession> postgresql_liveness(const DatabaseTarget& target, const std::string& uuid) {
  return std::make_unique<PostgresqlLiveness>(target, uuid);
}

}  // namespace qd::store
