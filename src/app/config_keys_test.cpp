#include "app/config_keys.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <set>

namespace qd::app {
namespace {

TEST(ConfigKeys, EveryRowIsWholeAndItsDefaultIsRight) {
  std::set<std::string_view> seen;
  for (const auto& row : config_keys()) {
    EXPECT_TRUE(seen.insert(row.key).second) << row.key << " appears twice";
    EXPECT_FALSE(row.meaning.empty()) << row.key;
    if (row.kind == ValueKind::ignored || row.standard.find("${") != std::string_view::npos) continue;
    EXPECT_TRUE(judge_value(row.kind, row.standard, row.range, row.choices)) << row.key << " = " << row.standard;
  }
}

TEST(ConfigKeys, FoundInRelaxedAndOlderSpellings) {
  const auto key = [](std::string_view name) {
    const ConfigKey* row = find_config_key(name);
    return row == nullptr ? std::string_view("-") : row->key;
  };
  EXPECT_EQ(key("server.port"), "server.port");
  EXPECT_EQ(key("server.http.port"), "server.port");
  EXPECT_EQ(key("server.servlet.contextPath"), "server.servlet.context-path");
  EXPECT_EQ(key("rundeck.clustermode.enabled"), "rundeck.clusterMode.enabled");
  EXPECT_EQ(key("server.portt"), "-");
}

TEST(ConfigKeys, EnvironmentVariables) {
  const auto key = [](std::string_view name) {
    const ConfigKey* row = find_environment_key(name);
    return row == nullptr ? std::string_view("-") : row->key;
  };
  EXPECT_EQ(key("RUNDECK_GRAILS_URL"), "grails.serverURL");
  EXPECT_EQ(key("RUNDECK_SERVER_UUID"), "rundeck.server.uuid");
  EXPECT_EQ(key("RUNDECK_TOKENS_FILE"), "rundeck.tokens.file");
  EXPECT_EQ(key("RUNDECK_DATABASE_PASSWORD"), "dataSource.password");
  EXPECT_EQ(key("RUNDECK_API_TOKENS_DURATION_MAX"), "rundeck.api.tokens.duration.max");
  EXPECT_EQ(key("RDECK_HTTP_PORT"), "server.port");
  EXPECT_EQ(key("SERVER_SSL_CERTIFICATEPRIVATEKEY"), "server.ssl.certificate-private-key");
  EXPECT_EQ(key("QD_LOG_LEVEL"), "quarterdeck.log.level");
  EXPECT_EQ(key("QD_ADMIN_PASSWORD"), "-");
  EXPECT_EQ(key("server_port"), "-");
  EXPECT_EQ(key("PATH"), "-");
}

TEST(ConfigKeys, NearestKey) {
  EXPECT_EQ(nearest_config_key("rundeck.executonMode"), "rundeck.executionMode");
  EXPECT_EQ(nearest_config_key("quarterdeck.pool.thread"), "quarterdeck.pool.threads");
  EXPECT_EQ(nearest_config_key("something.else.entirely"), "");
  EXPECT_EQ(nearest_config_key(std::string(100'000, 'x')), "");
}

TEST(ConfigKeys, ListsNameEveryKeyThatCounts) {
  const std::string list = list_config_keys();
  const std::string document = document_config_keys();
  for (const auto& row : config_keys()) {
    const bool counts = row.kind != ValueKind::ignored;
    EXPECT_EQ(list.find("\n" + std::string(row.key) + " = ") != std::string::npos || list.starts_with(row.key), counts)
        << row.key;
    EXPECT_NE(document.find("| `" + std::string(row.key) + "` |"), std::string::npos) << row.key;
  }
}

TEST(ConfigKeys, TheReferenceIsThatOfTheTable) {
  std::ifstream in(QD_SOURCE_DIR "/docs/configuration-reference.md");
  const std::string document{std::istreambuf_iterator<char>(in), {}};
  EXPECT_TRUE(document == document_config_keys()) << "docs/configuration-reference.md is behind: run ./dev docs";
}

TEST(ConfigKeys, EveryChapterOfTheReferenceBegins) {
  const std::string document = document_config_keys();
  std::size_t chapters = 0;
  for (auto at = document.find("\n## "); at != std::string::npos; at = document.find("\n## ", at + 1)) ++chapters;
  EXPECT_EQ(chapters, 16U);
}

}  // namespace
}  // namespace qd::app
