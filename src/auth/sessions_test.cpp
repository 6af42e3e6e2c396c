#include "auth/sessions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/temp_dir_testing.hpp"
#include "base/id.hpp"

namespace qd::auth {
namespace {

using testing::ElementsAre;

constexpr Millis half_an_hour{30 * 60'000};

class SessionsTest : public testing::Test {
 protected:
  SessionsTest() {
    store::DatabaseConfig config;
    config.url = "sqlite:" + (dir_.path() / "sessions.db").string();
    auto opened = store::Database::open(config);
    if (!opened) throw std::runtime_error(opened.error().message);
    database_ = std::move(*opened);
    store_.emplace(*database_);
  }

  TempDir dir_;
  ManualClock clock_{1'800'000'000'000};
  std::unique_ptr<store::Database> database_;
  std::optional<store::SessionStore> store_;
};

TEST_F(SessionsTest, ACookieIsItsUserOnEveryMember) {
  Sessions here(*store_, clock_, half_an_hour);
  Sessions there(*store_, clock_, half_an_hour);
  const std::string cookie = here.create("anne", {"ops", "dev"});
  EXPECT_GE(cookie.size(), 32U);
  EXPECT_NE(cookie, here.create("anne", {}));
  EXPECT_FALSE(store_->find(cookie)) << "only the digest is stored";
  EXPECT_TRUE(store_->find(base::sha256_hex(cookie)));

  const auto identity = there.verify(cookie);
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->user, "anne");
  EXPECT_THAT(identity->roles, ElementsAre("ops", "dev"));
  EXPECT_EQ(identity->by, Identity::By::session);
  EXPECT_FALSE(there.verify(""));
  EXPECT_FALSE(there.verify(std::string(40, 'x')));

  there.remove(cookie);
  EXPECT_FALSE(here.verify(cookie));
}

TEST_F(SessionsTest, IdleSessionsEndAndUsedOnesLive) {
  Sessions sessions(*store_, clock_, half_an_hour);
  const std::string used = sessions.create("anne", {});
  const std::string idle = sessions.create("bob", {});
  for (int i = 0; i < 4; ++i) {
    clock_.advance(Millis(10 * 60'000));
    EXPECT_TRUE(sessions.verify(used));
  }
  EXPECT_FALSE(sessions.verify(idle));
  EXPECT_FALSE(store_->find(base::sha256_hex(idle))) << "an idle session is removed when it is seen";
  clock_.advance(half_an_hour + Millis(1));
  EXPECT_FALSE(sessions.verify(used));
}

TEST_F(SessionsTest, UseIsWrittenAtMostOnceAMinute) {
  Sessions sessions(*store_, clock_, half_an_hour);
  const std::string cookie = sessions.create("anne", {});
  const auto written = [&] { return store_->find(base::sha256_hex(cookie))->last_used; };
  const auto start = written();
  clock_.advance(Millis(59'999));
  EXPECT_TRUE(sessions.verify(cookie));
  EXPECT_EQ(written(), start);
  clock_.advance(Millis(1));
  EXPECT_TRUE(sessions.verify(cookie));
  EXPECT_EQ(written(), start + 60'000);
}

TEST_F(SessionsTest, AShortLifeIsTouchedMoreOften) {
  Sessions sessions(*store_, clock_, Millis(10'000));
  const std::string cookie = sessions.create("anne", {});
  for (int i = 0; i < 5; ++i) {
    clock_.advance(Millis(4'000));
    EXPECT_TRUE(sessions.verify(cookie)) << i;
  }
  clock_.advance(Millis(10'001));
  EXPECT_FALSE(sessions.verify(cookie));
}

}  // namespace
}  // namespace qd::auth
