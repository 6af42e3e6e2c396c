#include "cli/settings.hpp"

#include <gtest/gtest.h>

namespace qd::cli {
namespace {

TEST(RdConf, ReadsAssignmentsAsAShellDoes) {
  Environment environment{{"HOME", "/home/me"}, {"RD_USER", "mine"}};
  const auto applied = apply_rd_conf(
      "# my settings\n"
      "export RD_URL=${RD_URL:-http://host:4440}  # where\n"
      "RD_USER=${RD_USER:-other}; export RD_PROJECT='a $b'\n"
      "  export RD_PASSWORD=\"x \\\"$HOME\\\" \\y\"\n"
      "export RD_URL\n",
      "rd.conf", environment);
  ASSERT_TRUE(applied) << applied.error().message;
  EXPECT_EQ(environment["RD_URL"], "http://host:4440");
  EXPECT_EQ(environment["RD_USER"], "mine");
  EXPECT_EQ(environment["RD_PROJECT"], "a $b");
  EXPECT_EQ(environment["RD_PASSWORD"], "x \"/home/me\" \\y");
}

TEST(RdConf, WinsOverTheEnvironment) {
  Environment environment{{"RD_URL", "http://mine"}};
  ASSERT_TRUE(apply_rd_conf("export RD_URL=http://file\n", "rd.conf", environment));
  EXPECT_EQ(environment["RD_URL"], "http://file");
}

TEST(RdConf, RunsNothingAndNamesTheLineWithoutItsValue) {
  for (const char* line :
       {"RD_TOKEN=$(cat secret)", "RD_TOKEN=`cat secret`", "RD_TOKEN='secret", "if true; then", ". secret"}) {
    Environment environment;
    const auto applied = apply_rd_conf(std::string("\n") + line, "rd.conf", environment);
    ASSERT_FALSE(applied) << line;
    EXPECT_NE(applied.error().message.find("rd.conf, line 2"), std::string::npos) << applied.error().message;
    EXPECT_EQ(applied.error().message.find("secret"), std::string::npos);
  }
}

TEST(Settings, TakesTheApiVersionOutOfTheUrl) {
  auto settings = read_settings({{"RD_URL", "https://host/rundeck/api/41/"}});
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->url, "https://host/rundeck");
  EXPECT_EQ(settings->api_version, 41);
  settings = read_settings({{"RD_URL", "http://host:4440/"}, {"RD_API_VERSION", "20"}});
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->url, "http://host:4440");
  EXPECT_EQ(settings->api_version, 20);
}

TEST(Settings, ReadsTimeoutsFlagsAndColours) {
  const auto settings = read_settings({{"RD_HTTP_CONN_TIMEOUT", "3"},
                                       {"RD_HTTP_READ_TIMEOUT", "7"},
                                       {"RD_INSECURE_SSL", "TRUE"},
                                       {"RD_AUTH_PROMPT", "false"},
                                       {"RD_COLOR", "0"},
                                       {"RD_COLOR_ERROR", "cyan"},
                                       {"RD_FORMAT", "JSON"}});
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->connect_timeout, std::chrono::seconds(3));
  EXPECT_EQ(settings->timeout, std::chrono::seconds(7));
  EXPECT_FALSE(settings->verify_tls);
  EXPECT_FALSE(settings->prompt);
  EXPECT_EQ(settings->color, false);
  EXPECT_EQ(settings->colors.at("error"), "cyan");
  EXPECT_EQ(settings->format, Format::json);
}

TEST(Settings, NamesTheVariableThatIsWrong) {
  const std::pair<const char*, const char*> wrong[] = {
      {"RD_URL", "host:4440"}, {"RD_API_VERSION", "new"}, {"RD_HTTP_TIMEOUT", "soon"}, {"RD_FORMAT", "xml"}};
  for (const auto& [name, value] : wrong) {
    const auto settings = read_settings({{name, value}});
    ASSERT_FALSE(settings) << name;
    EXPECT_NE(settings.error().message.find(name), std::string::npos) << settings.error().message;
  }
}

}  // namespace
}  // namespace qd::cli
