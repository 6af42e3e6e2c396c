#include "auth/static_tokens.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/temp_dir_testing.hpp"
#include "base/id.hpp"

namespace qd::auth {
namespace {

using testing::ElementsAre;

std::optional<Identity> find(StaticTokens& tokens, const std::string& secret) {
  return tokens.find(base::sha256_hex(secret));
}

TEST(StaticTokens, OneOrSeveralTokensOfAUser) {
  const TempDir dir;
  StaticTokens tokens(dir.write("tokens.properties", "anne: token_string, role1\nbob: one;two , role2,role3\n"));
  const auto anne = find(tokens, "token_string");
  ASSERT_TRUE(anne);
  EXPECT_EQ(anne->user, "anne");
  EXPECT_EQ(anne->by, Identity::By::token);
  EXPECT_TRUE(anne->has_role("role1"));
  EXPECT_FALSE(anne->has_role("role2"));
  for (const char* secret : {"one", "two"}) {
    const auto bob = find(tokens, secret);
    ASSERT_TRUE(bob) << secret;
    EXPECT_EQ(bob->user, "bob");
    EXPECT_THAT(bob->roles, ElementsAre("role2", "role3"));
  }
  EXPECT_FALSE(find(tokens, "one;two"));
  EXPECT_FALSE(find(tokens, ""));
}

TEST(StaticTokens, LinesWithoutRoleOrTokenAreNamedAndLeftOut) {
  const TempDir dir;
  const auto file = dir.write("tokens.properties", "anne: lonely\nbob: ,role\ncarl: good,role\n");
  StaticTokens tokens(file);
  testing::internal::CaptureStderr();
  EXPECT_FALSE(find(tokens, "lonely"));
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_NE(log.find(file.string() + ":1: user 'anne' has no role"), std::string::npos) << log;
  EXPECT_NE(log.find(file.string() + ":2: expected"), std::string::npos) << log;
  EXPECT_EQ(log.find("lonely"), std::string::npos) << "no secret in the log";
  EXPECT_TRUE(find(tokens, "good"));
}

TEST(StaticTokens, FollowsTheFileAndNoFileIsNoTokens) {
  const TempDir dir;
  StaticTokens tokens(dir.write("tokens.properties", "anne: old,role\n"));
  EXPECT_TRUE(find(tokens, "old"));
  dir.write("tokens.properties", "anne: new,role\n");
  EXPECT_FALSE(find(tokens, "old"));
  EXPECT_TRUE(find(tokens, "new"));
  StaticTokens none{std::filesystem::path()};
  EXPECT_FALSE(find(none, "new"));
}

}  // namespace
}  // namespace qd::auth
