#include "auth/oauth_config.hpp"

#include <gtest/gtest.h>

namespace qd::auth {
namespace {

using Properties = std::map<std::string, std::string>;

std::string problem(const Properties& properties) {
  const auto config = parse_oauth_config(properties);
  return config ? "" : config.error().message;
}

TEST(OauthConfig, ReadsWhatTheDocumentationShows) {
  const auto config = parse_oauth_config({
      {"rundeck.security.oauth.okta.clientId", "id"},
      {"rundeck.security.oauth.okta.clientSecret", " s "},
      {"rundeck.security.oauth.okta.autoConfigUrl", "https://idp.example"},
      {"rundeck.security.oauth.okta.principleKeys", "\"user, sub\""},
      {"rundeck.security.oauth.okta.clientAuthenticationMethod", "basic"},
      {"rundeck.security.oauth.okta.resourceserver.enabled", "true"},
      {"rundeck.security.oauth.okta.resourceserver.jwt.issuer-uri", "https://idp.example/"},
      {"rundeck.security.oauth.okta.resourceserver.jwt.audiences", "a, b"},
      {"rundeck.security.oauth.okta.resourceserver.jwt.jws-algorithms", "RS256,ES256"},
      {"rundeck.security.oauth.azure.clientId", "id"},
      {"rundeck.security.oauth.azure.responseType", "code"},
      {"other.key", "x"},
  });
  ASSERT_TRUE(config) << config.error().message;
  ASSERT_EQ(config->providers.size(), 2u);
  const OauthProvider& okta = config->providers[1];
  EXPECT_EQ(okta.name, "okta");
  EXPECT_EQ(okta.client_secret, "s");
  EXPECT_TRUE(okta.logs_in() && okta.basic_auth && okta.bearer.enabled);
  EXPECT_EQ(okta.name_claims, (std::vector<std::string>{"user", "sub"}));
  EXPECT_EQ(okta.bearer.audiences, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(okta.scope, "openid profile email");
  EXPECT_EQ(okta.groups_claim, "groups");
  EXPECT_FALSE(config->providers[0].logs_in()) << "nobody says where azure is";
  EXPECT_EQ(config->unknown_keys, std::vector<std::string>{"rundeck.security.oauth.azure.responseType"});
}

TEST(OauthConfig, NamesEveryMistakeAndNoSecret) {
  EXPECT_NE(problem({{"rundeck.security.oauth.a b.clientId", "x"}}), "");
  EXPECT_NE(problem({{"rundeck.security.oauth.a.userInfoUri", "ftp://x"}}), "");
  EXPECT_NE(problem({{"rundeck.security.oauth.a.clientAuthenticationMethod", "jwt"}}), "");
  const std::string algorithms = problem({{"rundeck.security.oauth.a.resourceserver.jwt.jws-algorithms", "none"}});
  EXPECT_NE(algorithms.find("jws-algorithms"), std::string::npos) << algorithms;
  const std::string secret = problem({{"quarterdeck.oauth.a.sharedKey", "hunter2"}});
  EXPECT_NE(secret.find("32 bytes"), std::string::npos);
  EXPECT_EQ(secret.find("hunter2"), std::string::npos);
  const std::string mixed = problem({{"rundeck.security.oauth.a.resourceserver.enabled", "true"},
                                     {"rundeck.security.oauth.a.resourceserver.jwt.jwkSetUri", "https://x"},
                                     {"rundeck.security.oauth.a.resourceserver.jwt.jws-algorithms", "RS256,HS256"}});
  EXPECT_NE(mixed.find("HS256 goes only together with"), std::string::npos) << mixed;
}

TEST(OauthConfig, ASharedKeyMeansHs256) {
  const auto config = parse_oauth_config({{"quarterdeck.oauth.a.sharedKey", std::string(32, 'k')},
                                          {"rundeck.security.oauth.a.resourceserver.enabled", "true"}});
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->providers.front().bearer.algorithms, std::vector<std::string>{"HS256"});
}

}  // namespace
}  // namespace qd::auth
