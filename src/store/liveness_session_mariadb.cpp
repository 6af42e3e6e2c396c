#include <mysql.h>
#include <thread>

#include "base/id.hpp"
#include "base/text.hpp"
#include "store/connection.hpp"
#include "store/liveness_session_kinds.hpp"
#include "store/mariadb_settings.hpp"

namespace qd::store {
namespace {

// The server drops a session that says nothing for so long: of a vanished host, and of a process that hangs.
constexpr const char* mariadb_idle_sql = "SET SESSION wait_timeout = 15";
constexpr const char* mariadb_boot_sql =
    "SELECT CAST(UNIX_TIMESTAMP(SYSDATE()) AS SIGNED) - CAST(VARIABLE_VALUE AS SIGNED) FROM ";
// Of the start time, which is computed from whole seconds of two clocks readings.
constexpr std::int64_t mariadb_boot_rounding = 3;

class MariadbLiveness final : public LivenessSession {
 public:
  MariadbLiveness(DatabaseTarget target, std::string uuid) : target_(std::move(target)), lock_(lock_name(uuid)) {}
  ~MariadbLiveness() override { MariadbLiveness::release(); }

  bool acquire() override {
    if (connection_ == nullptr) connect();
    if (!held_) held_ = ask("SELECT GET_LOCK('" + lock_ + "', 0)").at(0) == "1";
    return held_;
  }

  bool still_held() override {
    if (held_) {
      try {
        held_ = ask("SELECT IS_USED_LOCK('" + lock_ + "') = CONNECTION_ID()").at(0) == "1";
        if (held_) return true;
      } catch (const DatabaseError&) {
        release();
      }
    }
    return acquire();
  }

  std::set<std::string> free_locks(const std::vector<std::string>& uuids) override {
    if (uuids.empty()) return {};
    std::string sql;
    for (const auto& uuid : uuids)
      sql += (sql.empty() ? "SELECT " : ", ") + ("IS_FREE_LOCK('" + lock_name(uuid) + "')");
    const auto answers = ask(sql);
    std::set<std::string> free;
    for (std::size_t i = 0; i < uuids.size(); ++i) {
      if (answers.at(i) == "1") free.insert(uuids[i]);
    }
    return free;
  }

  std::string server_boot() override { return boot_; }

  bool same_boot(const std::string& a, const std::string& b) const override {
    const auto first = base::parse_int(a), second = base::parse_int(b);
    return first && second && std::abs(*first - *second) <= mariadb_boot_rounding;
  }

  bool wait(Millis timeout) override {
    std::this_thread::sleep_for(timeout);
    return false;
  }

  void release() noexcept override {
    if (connection_ != nullptr) mysql_close(connection_);
    connection_ = nullptr;
    held_ = false;
    boot_.clear();
  }

 private:
  // Named locks are the whole server's: the name of the database makes them this installation's.
  std::string lock_name(const std::string& uuid) const {
    return "qd.member." + base::sha256_hex(target_.database + " " + uuid).substr(0, 40);
  }

  void connect() {
    std::string failures;
    for (const auto& host : target_.hosts) {
      if (connect_to(host, failures)) {
        ask(mariadb_idle_sql);
        const bool is_mariadb = base::icontains(mysql_get_server_info(connection_), "mariadb");
        boot_ = ask(std::string(mariadb_boot_sql) + (is_mariadb ? "information_schema" : "performance_schema") +
                    ".GLOBAL_STATUS WHERE VARIABLE_NAME = 'Uptime'")
                    .at(0);
        return;
      }
    }
    throw ConnectionLost(target_.describe() + ": cannot connect:" + failures, true);
  }

  bool connect_to(const DatabaseTarget::Host& host, std::string& failures) {
    connection_ = mysql_init(nullptr);
    if (connection_ == nullptr) throw std::bad_alloc();
    set_mariadb_options(connection_, target_, liveness_patience);
    const auto seconds = static_cast<unsigned>(liveness_patience.count() / 1000);
    mysql_optionsv(connection_, MYSQL_OPT_READ_TIMEOUT, &seconds);
    mysql_optionsv(connection_, MYSQL_OPT_WRITE_TIMEOUT, &seconds);
    const auto socket = target_.parameter("localsocket");
    const bool connected =
        mysql_real_connect(connection_, socket.empty() ? host.name.c_str() : nullptr, target_.username.c_str(),
                           target_.password.c_str(), target_.database.c_str(), static_cast<unsigned>(host.port),
                           socket.empty() ? nullptr : socket.c_str(), 0) != nullptr;
    const bool writes = connected && (target_.hosts.size() == 1 || ask("SELECT @@GLOBAL.read_only").at(0) == "0");
    if (writes) return true;
    failures +=
        " " + host.name + (connected ? " takes no writes." : std::string(": ") + mysql_error(connection_) + ".");
    release();
    return false;
  }

  // The columns of the answer's first row; NULL as "".
  std::vector<std::string> ask(const std::string& sql) {
    if (connection_ == nullptr) throw ConnectionLost(target_.describe() + ": the member's session was cut", true);
    if (mysql_real_query(connection_, sql.data(), sql.size()) != 0) lose();
    MYSQL_RES* result = mysql_store_result(connection_);
    if (result == nullptr) {
      if (mysql_errno(connection_) != 0) lose();
      return {};
    }
    std::vector<std::string> columns;
    if (MYSQL_ROW row = mysql_fetch_row(result)) {
      for (unsigned i = 0; i < mysql_num_fields(result); ++i) columns.emplace_back(row[i] == nullptr ? "" : row[i]);
    }
    mysql_free_result(result);
    return columns;
  }

  [[noreturn]] void lose() {
    const std::string text = mysql_error(connection_);
    release();
    throw ConnectionLost(target_.describe() + ": the member's session was cut: " + text, false);
  }

  const DatabaseTarget target_;
  const std::string lock_;
  MYSQL* connection_ = nullptr;
  bool held_ = false;
  std::string boot_;
};

}  // namespace

std::unique_ptr<LivenessSession> mariadb_liveness(const DatabaseTarget& target, const std::string& uuid) {
  return std::make_unique<MariadbLiveness>(target, uuid);
}

}  // namespace qd::store
