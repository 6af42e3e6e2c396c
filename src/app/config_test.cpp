#include "app/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/config_keys.hpp"
#include "auth/temp_dir_testing.hpp"

namespace qd::app {
namespace {

using testing::HasSubstr;
using testing::Not;

class ConfigTest : public testing::Test {
 protected:
  ConfigTest() {
    request_.base = (dir_.path() / "base").string();
    request_.package_config_folder = dir_.path() / "etc-rundeck";
  }

  std::string framework(const std::string& text) { return dir_.write("base/etc/framework.properties", text).string(); }
  std::string rundeck(const std::string& text) {
    return dir_.write("base/server/config/rundeck-config.properties", text).string();
  }

  Config load() {
    auto config = load_config(request_);
    if (!config) throw std::runtime_error(config.error().message);
    return *config;
  }
  std::string problem() {
    const auto config = load_config(request_);
    return config ? "" : config.error().message;
  }
  static std::vector<std::string> keys(const Config& config) {
    std::vector<std::string> keys;
    for (const auto& entry : config.unimplemented) keys.push_back(entry.key);
    return keys;
  }

  auth::TempDir dir_;
  ConfigRequest request_;
};

TEST_F(ConfigTest, DefaultsWithoutAnyFile) {
  const Config config = load();
  const std::filesystem::path base = request_.base;
  EXPECT_EQ(config.folders.base, base);
  EXPECT_EQ(config.folders.logs, base / "var/logs");
  EXPECT_EQ(config.folders.temp, base / "var/tmp");
  EXPECT_EQ(config.auth.realm_file, base / "server/config/realm.properties");
  EXPECT_EQ(config.database.default_sqlite_path, base / "server/data/quarterdeck.db");
  EXPECT_EQ(config.database.url, "");
  EXPECT_EQ(config.server.address, "127.0.0.1");
  EXPECT_EQ(config.server.port, 4440);
  EXPECT_EQ(config.auth.token_max_life, std::chrono::hours(24 * 30));
  EXPECT_EQ(config.auth.session_idle, std::chrono::hours(1));
  EXPECT_EQ(config.auth.tokens_file, "");
  EXPECT_EQ(config.member.execution_mode, ExecutionMode::active);
  EXPECT_FALSE(config.member.hostname.empty());
  EXPECT_EQ(config.member.name, config.member.hostname);
  EXPECT_TRUE(config.unimplemented.empty());
  EXPECT_TRUE(config.files.empty());
  EXPECT_EQ(url_of(config, 5555), "http://127.0.0.1:5555");
}

TEST_F(ConfigTest, LaterSourcesWin) {
  framework(
      "server.port = 1001\nframework.server.name = from-framework\nquarterdeck.pool.threads = 11\n"
      "framework.server.hostname = framework\n");
  rundeck("server.port = 1002\nquarterdeck.pool.threads = 12\nframework.server.hostname = rundeck\n");
  request_.environment = {
      {"RDECK_HTTP_PORT", "1003"}, {"FRAMEWORK_SERVER_HOSTNAME", "environment"}, {"RUNDECK_SERVER_NAME", ""}};
  request_.settings = {{"server.port", "1004"}};
  Config config = load();
  EXPECT_EQ(config.server.port, 1004);
  EXPECT_EQ(config.member.hostname, "environment");
  EXPECT_EQ(config.pools.worker_threads, 12U);
  EXPECT_EQ(config.member.name, "from-framework") << "an empty variable sets nothing";
  request_.port = "1005";
  request_.address = "localhost";
  config = load();
  EXPECT_EQ(config.server.port, 1005);
  EXPECT_EQ(config.server.address, "127.0.0.1");
  ASSERT_EQ(config.files.size(), 2U);
}

TEST_F(ConfigTest, ReadsThePeersDefaultFiles) {
  framework(
      "framework.server.name = node1\nframework.server.hostname = node1.example.com\nframework.server.port = 4440\n"
      "framework.server.url = "
      "http://node1.example.com:4440\nrdeck.base=/somewhere/else\nframework.projects.dir=/x/projects\n"
      "framework.etc.dir=/x/etc\nframework.var.dir=/x/var\nframework.tmp.dir=/x/var/tmp\nframework.logs.dir=/x/var/"
      "logs\n"
      "framework.libext.dir=/x/libext\nframework.ssh.keypath = /x/.ssh/id_rsa\nframework.ssh.user = rundeck\n"
      "rundeck.server.uuid = 70A4AF69-74d6-4319-b923-16eec8c742d3\nframework.globals.region = eu\n");
  rundeck(
      "loglevel.default=INFO\nrdeck.base=/somewhere/else\nrss.enabled=false\nserver.address=0.0.0.0\n"
      "server.servlet.context-path=/\ngrails.serverURL=https://jobs.example.com/\ndataSource.dbCreate = none\n"
      "dataSource.url = jdbc:postgresql://pgsql.example.com/rundeck\ndataSource.username = rundeckuser\n"
      "dataSource.password = rundeckpassword\nrundeck.clusterMode.enabled=true\n"
      "rundeck.storage.provider.1.type=db\nquartz.threadPool.threadCount=50\n");
  const Config config = load();
  EXPECT_EQ(config.folders.base, request_.base) << "--base wins";
  EXPECT_EQ(config.folders.logs, "/x/var/logs");
  EXPECT_EQ(config.member.name, "node1");
  EXPECT_EQ(config.member.hostname, "node1.example.com");
  EXPECT_EQ(config.member.uuid, "70a4af69-74d6-4319-b923-16eec8c742d3");
  EXPECT_TRUE(config.member.cluster);
  EXPECT_EQ(config.server.url, "https://jobs.example.com");
  EXPECT_EQ(url_of(config, 4440), "https://jobs.example.com");
  EXPECT_EQ(config.server.context_path, "");
  EXPECT_EQ(config.database.url, "jdbc:postgresql://pgsql.example.com/rundeck");
  EXPECT_EQ(config.database.username, "rundeckuser");
  EXPECT_EQ(config.database.password, "rundeckpassword");
  EXPECT_EQ(config.framework.at("framework.globals.region"), "eu");
  EXPECT_EQ(config.framework.at("framework.ssh.user"), "rundeck");
  EXPECT_THAT(keys(config), testing::IsEmpty());
}

TEST_F(ConfigTest, EveryBadValueIsNamedWithFileAndLine) {
  const std::string file = rundeck(
      "# comment\nserver.port = many\n\nrundeck.executionMode = asleep\nrundeck.api.tokens.duration.max=30\n"
      "dataSource.url = jdbc:oracle:thin:@db\ndataSource.password = hush\n");
  const std::string message = problem();
  EXPECT_THAT(message, HasSubstr(file + ":2: server.port: 'many': expected a whole number from 0 to 65535"));
  EXPECT_THAT(message, HasSubstr(file + ":4: rundeck.executionMode: 'asleep': expected one of active, passive"));
  EXPECT_THAT(message, HasSubstr(file + ":5: rundeck.api.tokens.duration.max: '30': expected a time like 30d"));
  EXPECT_THAT(message, HasSubstr(file + ":6: dataSource.url: "));
  EXPECT_THAT(message, Not(HasSubstr("hush")));
  request_.port = "-1";
  EXPECT_THAT(problem(), HasSubstr("flag --port: server.port: '-1'"));
  request_.port.clear();
  request_.environment = {{"RUNDECK_GRAILS_URL", "nowhere"}};
  EXPECT_THAT(problem(),
              HasSubstr("environment variable RUNDECK_GRAILS_URL: grails.serverURL: 'nowhere': expected a URL"));
}

TEST_F(ConfigTest, UnknownKeysOfOurOwnAreErrorsAndThePeersAreListed) {
  std::string file = rundeck("quarterdeck.pool.thread = 4\n");
  EXPECT_THAT(
      problem(),
      HasSubstr(file + ":1: quarterdeck.pool.thread: there is no such key; did you mean quarterdeck.pool.threads?"));
  file = rundeck("rundeck.executonMode = passive\nspring.something = x\nrss.enabled = true\n");
  request_.environment = {{"RUNDECK_GUI_BRAND", "true"},
                          {"RUNDECK_HOME", "/home/rundeck"},
                          {"QD_BIN", "x"},
                          {"RUNDECK_PORT", "tcp://10.0.0.1:4440"}};
  const Config config = load();
  EXPECT_THAT(keys(config), testing::UnorderedElementsAre("rundeck.executonMode", "spring.something", "rss.enabled",
                                                          "RUNDECK_GUI_BRAND"));
  for (const auto& entry : config.unimplemented) {
    if (entry.key != "rundeck.executonMode") continue;
    EXPECT_EQ(entry.where, file + ":1");
    EXPECT_EQ(entry.suggestion, "rundeck.executionMode");
  }
}

TEST_F(ConfigTest, WhoEncryptedProjectsIsToldHowToDoItHere) {
  rundeck(
      "rundeck.config.storage.converter.1.type=jasypt-encryption\nrundeck.config.storage.converter.1.path=/\n"
      "rundeck.config.storage.provider.1.type=file\n");
  std::map<std::string, std::string> advice;
  for (const auto& entry : load().unimplemented) advice[entry.key] = entry.advice;
  EXPECT_THAT(advice.at("rundeck.config.storage.converter.1.type"), HasSubstr("quarterdeck.storage.password"));
  EXPECT_THAT(advice.at("rundeck.config.storage.provider.1.type"), HasSubstr("in the database"));
  EXPECT_EQ(advice.at("rundeck.config.storage.converter.1.path"), "");
}

TEST_F(ConfigTest, PlaceholdersNameKeysVariablesAndTheBase) {
  framework(
      "framework.server.hostname = h1\nframework.server.url = http://${framework.server.hostname}:${server.port}\n"
      "framework.globals.home = ${user.home}/${missing:none}\nframework.globals.later = ${job.name}\n");
  rundeck(
      "dataSource.password = ${DB_SECRET}\nrundeck.tokens.file = ${RDECK_BASE}/etc/tokens\nquarterdeck.log.file = "
      "logs/here.log\n"
      "dataSource.username = ${nobody:${framework.server.hostname}}\n");
  request_.environment = {{"DB_SECRET", "s3cret"}, {"HOME", "/home/me"}};
  const Config config = load();
  EXPECT_EQ(config.server.url, "http://h1:4440");
  EXPECT_EQ(config.database.password, "s3cret");
  EXPECT_EQ(config.database.username, "h1");
  EXPECT_EQ(config.auth.tokens_file, std::filesystem::path(request_.base) / "etc/tokens");
  EXPECT_EQ(config.log.file, std::filesystem::path(request_.base) / "logs/here.log") << "relative to the base folder";
  EXPECT_EQ(config.framework.at("framework.globals.home"), "/home/me/none");
  EXPECT_EQ(config.framework.at("framework.globals.later"), "${job.name}") << "left for the time of the run";
}

TEST_F(ConfigTest, BadPlaceholdersAreErrors) {
  std::string file = rundeck("dataSource.password = ${NOT_SET_ANYWHERE}\n");
  EXPECT_THAT(problem(), HasSubstr(file + ":1: dataSource.password: ${NOT_SET_ANYWHERE} is neither"));
  rundeck("framework.var.dir = ${framework.tmp.dir}\n");
  EXPECT_THAT(problem(), HasSubstr("refers to itself"));
  std::string bomb = "framework.server.name = ${a9}\na0 = xxxxxxxxxx\n";
  for (int i = 1; i < 10; ++i) {
    bomb += "a" + std::to_string(i) + " = ";
    for (int n = 0; n < 10; ++n) bomb += "${a" + std::to_string(i - 1) + "}";
    bomb += "\n";
  }
  rundeck(bomb);
  EXPECT_THAT(problem(), HasSubstr("longer than 64 KiB"));
}

TEST_F(ConfigTest, TlsTakesBothFilesAndItsOwnPort) {
  std::string file = rundeck("server.ssl.certificate = etc/server.crt\n");
  EXPECT_THAT(problem(), HasSubstr(file + ":1: server.ssl.certificate: needs server.ssl.certificate-private-key too"));
  rundeck("server.ssl.certificate = etc/server.crt\nserver.ssl.certificate-private-key = etc/server.key\n");
  EXPECT_EQ(load().server.port, 4443);
  EXPECT_EQ(load().server.tls_key, std::filesystem::path(request_.base) / "etc/server.key");
  EXPECT_EQ(url_of(load(), 443), "https://127.0.0.1");
  request_.port = "8443";
  EXPECT_EQ(load().server.port, 8443);
  request_.settings = {{"rundeck.ssl.config", "/etc/rundeck/ssl/ssl.properties"}};
  EXPECT_THAT(problem(), HasSubstr("Export certificate and key as PEM files"));
}

TEST_F(ConfigTest, UrlIsMadeFromTheAddress) {
  request_.settings = {{"server.servlet.context-path", "/rundeck/"}, {"framework.server.hostname", "h1"}};
  request_.address = "0.0.0.0";
  EXPECT_EQ(url_of(load(), 4440), "http://h1:4440/rundeck");
  request_.address = "::1";
  EXPECT_EQ(url_of(load(), 80), "http://[::1]/rundeck");
}

TEST_F(ConfigTest, PackageLayout) {
  request_.base.clear();
  EXPECT_THAT(problem(), HasSubstr("--base DIR"));
  dir_.write("etc-rundeck/framework.properties",
             "rdeck.base=/var/lib/rundeck\nframework.logs.dir=/var/lib/rundeck/logs\n");
  dir_.write("etc-rundeck/rundeck-config.properties",
             "dataSource.url = jdbc:h2:file:/var/lib/rundeck/data/rundeckdb\nserver.port=4441\n");
  request_.environment = {{"RDECK_JVM_OPTS", "-Xmx1024m -Dserver.servlet.session.timeout=60 -Dserver.port=8080"}};
  Config config = load();
  EXPECT_EQ(config.folders.base, "/var/lib/rundeck");
  EXPECT_EQ(config.folders.data, "/var/lib/rundeck/data");
  EXPECT_EQ(config.auth.realm_file, request_.package_config_folder / "realm.properties");
  EXPECT_EQ(config.server.port, 8080);
  EXPECT_EQ(config.server.address, "0.0.0.0");
  EXPECT_EQ(config.auth.session_idle, std::chrono::minutes(1));

  request_.environment = {{"RDECK_CONFIG_FILE", "/nowhere/rundeck-config.groovy"}};
  EXPECT_THAT(problem(), HasSubstr("/nowhere/rundeck-config.groovy: there is no such file"));
  request_.environment = {{"RDECK_BASE", (dir_.path() / "base").string()}};
  rundeck("server.port=4442\n");
  EXPECT_EQ(load().server.port, 4442) << "RDECK_BASE names the launcher's layout";
}

TEST_F(ConfigTest, BrokenFilesAreNamed) {
  const std::string file = rundeck("a = b\nc = \\u12\n");
  EXPECT_THAT(problem(), HasSubstr(file));
  rundeck(std::string((1 << 20) + 1, '#'));
  EXPECT_THAT(problem(), HasSubstr("larger than 1 MiB"));
}

}  // namespace
}  // namespace qd::app
