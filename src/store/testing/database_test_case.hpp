// Base of the tests that run on all three databases, each test on a database of its own with the schema in place.
#pragma once

#include <gtest/gtest.h>
#include <memory>
#include <string>

#include "base/id.hpp"
#include "store/database.hpp"
#include "store/testing/database_server.hpp"
#include "store/testing/server_process.hpp"

namespace qd::store::testing {

// The servers of this test program, started at first use and ended after the last test.
inline DatabaseServer& server_of(Dialect dialect) {
  static std::unique_ptr<DatabaseServer> postgresql, mariadb;
  auto& server = dialect == Dialect::postgresql ? postgresql : mariadb;
  if (!server) server = dialect == Dialect::postgresql ? start_postgresql() : start_mariadb();
  return *server;
}

inline DatabaseConfig fresh_database(Dialect dialect) {
  DatabaseConfig config;
  if (dialect == Dialect::sqlite) {
    static const ServerFolder folder("root");
    config.url = "sqlite:" + (folder.path() / (base::new_uuid() + ".db")).string();
    return config;
  }
  auto& server = server_of(dialect);
  config.url = server.create_database();
  config.username = server.username();
  config.password = server.password();
  return config;
}

inline std::unique_ptr<Database> open_or_fail(const DatabaseConfig& config) {
  auto database = Database::open(config);
  if (!database) throw std::runtime_error(database.error().message);
  return std::move(*database);
}

class DatabaseTestCase : public ::testing::TestWithParam<Dialect> {
 protected:
  void SetUp() override {
    config_ = fresh_database(GetParam());
    database_ = open_or_fail(config_);
  }

  DatabaseConfig config_;
  std::unique_ptr<Database> database_;
};

inline std::string dialect_name(const ::testing::TestParamInfo<Dialect>& info) {
  return info.param == Dialect::sqlite ? "sqlite" : info.param == Dialect::postgresql ? "postgresql" : "mariadb";
}

#define QD_ON_EVERY_DATABASE(suite)                                                                               \
  INSTANTIATE_TEST_SUITE_P(                                                                                       \
      On, suite,                                                                                                  \
      ::testing::Values(qd::store::Dialect::sqlite, qd::store::Dialect::postgresql, qd::store::Dialect::mariadb), \
      qd::store::testing::dialect_name)

}  // namespace qd::store::testing
