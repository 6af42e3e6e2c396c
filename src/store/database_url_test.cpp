#include "store/database_url.hpp"

#include <gmock/gmock.h>

namespace qd::store {
namespace {

using ::testing::HasSubstr;

DatabaseConfig config_for(const std::string& url) {
  DatabaseConfig config;
  config.url = url;
  config.default_sqlite_path = "/base/data/quarterdeck.db";
  return config;
}

DatabaseTarget parse(const std::string& url) {
  return parse_database_url(config_for(url)).value();
}

std::string message_of(const std::string& url) {
  return parse_database_url(config_for(url)).error().message;
}

TEST(DatabaseUrlTest, ReadsPostgresql) {
  const auto target = parse("jdbc:postgresql://db1:6432,db2/rundeck?currentSchema=ops&sslmode=verify-full&user=a%40b");
  EXPECT_EQ(target.dialect, Dialect::postgresql);
  EXPECT_EQ(target.hosts, (std::vector<DatabaseTarget::Host>{{"db1", 6432}, {"db2", 5432}}));
  EXPECT_EQ(target.database, "rundeck");
  EXPECT_EQ(target.parameter("currentschema"), "ops");
  EXPECT_EQ(target.username, "a@b");
  EXPECT_EQ(parse("jdbc:postgresql:rundeck").hosts, (std::vector<DatabaseTarget::Host>{{"localhost", 5432}}));
  EXPECT_EQ(parse("postgres://u:p%3A@[::1]:5433/x").hosts, (std::vector<DatabaseTarget::Host>{{"::1", 5433}}));
  EXPECT_EQ(parse("postgres://u:p%3A@[::1]:5433/x").password, "p:");
}

TEST(DatabaseUrlTest, ReadsMariadbAndMysql) {
  for (const char* scheme : {"mariadb", "mysql"}) {
    const auto target = parse(std::string("jdbc:") + scheme + "://db/rundeck?autoReconnect=true&useSSL=false");
    EXPECT_EQ(target.dialect, Dialect::mariadb);
    EXPECT_EQ(target.hosts, (std::vector<DatabaseTarget::Host>{{"db", 3306}}));
    EXPECT_EQ(target.parameter("usessl"), "false");
  }
}

TEST(DatabaseUrlTest, TheConfigurationsLoginWins) {
  auto config = config_for("jdbc:postgresql://u:p@h/d");
  config.username = "rundeck";
  config.password = "secret";
  const auto target = parse_database_url(config).value();
  EXPECT_EQ(target.username, "rundeck");
  EXPECT_EQ(target.password, "secret");
  EXPECT_EQ(target.describe().find("secret"), std::string::npos);
}

TEST(DatabaseUrlTest, H2AndNothingMeanTheEmbeddedDatabase) {
  for (const char* url : {"jdbc:h2:file:/var/lib/rundeck/data/rundeckdb;MVCC=true", ""}) {
    EXPECT_EQ(parse(url).dialect, Dialect::sqlite);
    EXPECT_EQ(parse(url).path, "/base/data/quarterdeck.db");
  }
  EXPECT_EQ(parse("sqlite:/a/b.db").path, "/a/b.db");
  EXPECT_EQ(parse("jdbc:sqlite:/a/b.db?x=y").path, "/a/b.db");
}

TEST(DatabaseUrlTest, SaysWhatIsWrong) {
  EXPECT_THAT(message_of("jdbc:oracle:thin:@//h/s"), HasSubstr("Supported are jdbc:postgresql://"));
  EXPECT_THAT(message_of("jdbc:postgresql://h:99999/d"), HasSubstr("bad host or port: \"h:99999\""));
  EXPECT_THAT(message_of("jdbc:mariadb://h"), HasSubstr("names no database"));
  EXPECT_THAT(message_of("sqlite:"), HasSubstr("names no file"));
  EXPECT_EQ(message_of("jdbc:oracle:x?password=secret").find("secret"), std::string::npos);
}

}  // namespace
}  // namespace qd::store
