// One connection to a MariaDB or MySQL server (libmariadb). Not thread-safe.
#pragma once

#include <mysql.h>
#include <string>
#include <vector>

#include "store/connection.hpp"
#include "store/database_url.hpp"
#include "store/statement_cache.hpp"

namespace qd::store {

class MariadbConnection final : public Connection {
 public:
  // Connects to the first host that accepts writes. Throws ConnectionLost when there is none.
  MariadbConnection(const DatabaseTarget& target, std::chrono::milliseconds connect_timeout);
  ~MariadbConnection() override;
  MariadbConnection(const MariadbConnection&) = delete;
  MariadbConnection& operator=(const MariadbConnection&) = delete;

  Rows query(std::string_view sql, const Params& params) override;
  std::int64_t execute(std::string_view sql, const Params& params) override;
  std::int64_t insert(std::string_view sql, const Params& params) override;
  Dialect dialect() const override { return Dialect::mariadb; }
  void begin() override { run_plain("START TRANSACTION"); }
  void commit() override { run_plain("COMMIT"); }
  void rollback() override { run_plain("ROLLBACK"); }
  bool broken() const override { return broken_; }
  bool alive() override;

 private:
  bool connect_to(const DatabaseTarget::Host& host, const DatabaseTarget& target,
                  std::chrono::milliseconds connect_timeout);
  void prepare_session();
  bool accepts_writes();
  MYSQL_STMT* run(std::string_view sql, const Params& params);
  MYSQL_STMT* prepared(std::string_view sql);
  void bind(MYSQL_STMT* statement, std::string_view sql, const Params& params);
  void run_plain(const std::string& sql);
  [[noreturn]] void throw_error(unsigned code, const std::string& text, std::string_view sql, bool executing);

  MYSQL* connection_ = nullptr;
  std::string place_;  // for messages
  bool broken_ = false;
  StatementCache<MYSQL_STMT*> statements_;
  std::vector<MYSQL_BIND> binds_;  // of bind(); kept for their memory
};

}  // namespace qd::store
