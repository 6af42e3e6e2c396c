#include "auth/tokens.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/temp_dir_testing.hpp"
#include "base/id.hpp"

namespace qd::auth {
namespace {

using testing::ElementsAre;

class TokensTest : public testing::Test {
 protected:
  TokensTest() {
    store::DatabaseConfig config;
    config.url = "sqlite:" + (dir_.path() / "tokens.db").string();
    auto opened = store::Database::open(config);
    if (!opened) throw std::runtime_error(opened.error().message);
    database_ = std::move(*opened);
    store_.emplace(*database_);
    tokens_.emplace(*store_, clock_, dir_.write("tokens.properties", "robot: static-secret,deploy\n"));
  }

  TempDir dir_;
  ManualClock clock_{1'800'000'000'000};
  std::unique_ptr<store::Database> database_;
  std::optional<store::TokenStore> store_;
  std::optional<Tokens> tokens_;
};

TEST_F(TokensTest, ACreatedTokenIsItsUserAndItsSecretIsNotKept) {
  const auto created = tokens_->create({"anne", "admin", "for the build", {"ops", "dev"}, Millis(60'000)});
  EXPECT_EQ(created.secret.size(), 32U);
  EXPECT_EQ(created.secret.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"),
            std::string::npos);
  EXPECT_EQ(created.token.hash, base::sha256_hex(created.secret));
  EXPECT_EQ(created.token.expires, clock_.now() + 60'000);

  const auto identity = tokens_->verify(created.secret);
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->user, "anne");
  EXPECT_THAT(identity->roles, ElementsAre("ops", "dev"));
  EXPECT_EQ(identity->by, Identity::By::token);
  EXPECT_EQ(identity->token_id, created.token.id);
  EXPECT_FALSE(tokens_->verify(created.token.id)) << "the id is public and opens nothing";
  EXPECT_FALSE(tokens_->verify(created.token.hash));
  EXPECT_FALSE(tokens_->verify(""));
  EXPECT_FALSE(tokens_->verify(std::string(100'000, 'x')));
}

TEST_F(TokensTest, FoundByIdOrSecret) {
  const auto created = tokens_->create({"anne", "anne", "", {"ops"}, std::nullopt});
  ASSERT_TRUE(tokens_->find(created.token.id));
  ASSERT_TRUE(tokens_->find(created.secret));
  EXPECT_EQ(tokens_->find(created.secret)->id, created.token.id);
  EXPECT_FALSE(tokens_->find("nothing"));
  tokens_->create({"bob", "bob", "", {"ops"}, std::nullopt});
  EXPECT_EQ(tokens_->list("anne").size(), 1U);
  EXPECT_EQ(tokens_->list("").size(), 2U);
}

TEST_F(TokensTest, ExpiryCountsEvenWhileCached) {
  const auto created = tokens_->create({"anne", "anne", "", {"ops"}, Millis(500)});
  EXPECT_TRUE(tokens_->verify(created.secret));
  clock_.advance(Millis(499));
  EXPECT_TRUE(tokens_->verify(created.secret));
  clock_.advance(Millis(1));
  EXPECT_FALSE(tokens_->verify(created.secret));
  const auto endless = tokens_->create({"anne", "anne", "", {"ops"}, std::nullopt});
  clock_.advance(std::chrono::hours(24 * 4000));
  EXPECT_TRUE(tokens_->verify(endless.secret));
}

TEST_F(TokensTest, LookUpsAreCachedForASecondAndRemovalCountsAtOnce) {
  const auto created = tokens_->create({"anne", "anne", "", {"ops"}, std::nullopt});
  EXPECT_TRUE(tokens_->verify(created.secret));
  store_->remove(created.token.id);  // as another member would
  clock_.advance(Millis(999));
  EXPECT_TRUE(tokens_->verify(created.secret)) << "cached";
  clock_.advance(Millis(1));
  EXPECT_FALSE(tokens_->verify(created.secret));

  const auto second = tokens_->create({"anne", "anne", "", {"ops"}, std::nullopt});
  EXPECT_TRUE(tokens_->verify(second.secret));
  EXPECT_TRUE(tokens_->remove(second.token.id));
  EXPECT_FALSE(tokens_->verify(second.secret)) << "this member removed it";
  EXPECT_FALSE(tokens_->remove(second.token.id));
  const auto third = tokens_->create({"anne", "anne", "", {"ops"}, std::nullopt});
  EXPECT_TRUE(tokens_->remove(third.secret));
}

TEST_F(TokensTest, StaticTokensAreKnownToo) {
  const auto robot = tokens_->verify("static-secret");
  ASSERT_TRUE(robot);
  EXPECT_EQ(robot->user, "robot");
  EXPECT_THAT(robot->roles, ElementsAre("deploy"));
  EXPECT_TRUE(tokens_->list("").empty());
}

}  // namespace
}  // namespace qd::auth
