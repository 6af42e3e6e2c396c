#include "auth/realm.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <time.h>

#include "auth/temp_dir_testing.hpp"

namespace qd::auth {
namespace {

using testing::ElementsAre;
using testing::Optional;

constexpr const char* bcrypt_of_mypass = "BCRYPT:$2y$05$abcdefghijklmnopqrstuuWjJdsvtKj1kGIGiTGFB3m8jgDmIdLXa";

long cpu_microseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1'000'000 + now.tv_nsec / 1'000;
}

long fastest_verify(Realm& realm, const std::string& user) {
  long best = 1'000'000'000;
  for (int i = 0; i < 5; ++i) {
    const long before = cpu_microseconds();
    realm.verify(user, "wrong");
    best = std::min(best, cpu_microseconds() - before);
  }
  return best;
}

TEST(Realm, ReadsThePeersFile) {
  const TempDir dir;
  Realm realm(
      dir.write("realm.properties",
                "#\n# users of the realm\n#\nadmin:admin,user,admin\nuser:user,user\n"
                "jsmith: CRYPT:jsnDAc2Xk4W4o , user , ops\n  anne\\ b = MD5:a029d0df84eb5549c641e04a9ef389e5\n"));
  EXPECT_THAT(realm.verify("admin", "admin"), Optional(ElementsAre("user", "admin")));
  EXPECT_THAT(realm.verify("jsmith", "mypass"), Optional(ElementsAre("user", "ops")));
  EXPECT_THAT(realm.verify("anne b", "mypass"), Optional(ElementsAre()));
  EXPECT_EQ(realm.verify("admin", "user"), std::nullopt);
  EXPECT_EQ(realm.verify("nobody", "admin"), std::nullopt);
  EXPECT_EQ(realm.verify("", ""), std::nullopt);
  EXPECT_THAT(realm.users(), ElementsAre("admin", "anne b", "jsmith", "user"));
  EXPECT_THAT(realm.roles("user"), Optional(ElementsAre("user")));
  EXPECT_EQ(realm.roles("nobody"), std::nullopt);
}

TEST(Realm, ABrokenLineIsNamedAndTheRestWorks) {
  const TempDir dir;
  const auto file = dir.write("realm.properties",
                              "anne:secret,user\nbad: BCRYPT:a029d0,user\nempty:\nescape: \\u12,user\nzoe:pass,ops\n");
  Realm realm(file);
  testing::internal::CaptureStderr();
  EXPECT_THAT(realm.users(), ElementsAre("anne", "zoe"));
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_NE(log.find(file.string() + ":2: user 'bad': BCRYPT:"), std::string::npos) << log;
  EXPECT_NE(log.find(file.string() + ":3: "), std::string::npos) << log;
  EXPECT_NE(log.find(file.string() + ":4: "), std::string::npos) << log;
  EXPECT_EQ(log.find("a029d0"), std::string::npos) << "no secret in the log";
  EXPECT_THAT(realm.verify("zoe", "pass"), Optional(ElementsAre("ops")));
  EXPECT_EQ(realm.verify("empty", ""), std::nullopt);
}

TEST(Realm, FollowsTheFile) {
  const TempDir dir;
  Realm realm(dir.path() / "realm.properties");
  EXPECT_EQ(realm.verify("anne", "one"), std::nullopt) << "no file yet";
  dir.write("realm.properties", "anne: one,user\n");
  EXPECT_TRUE(realm.verify("anne", "one"));
  dir.write("realm.properties", "anne: two,user\n");
  EXPECT_FALSE(realm.verify("anne", "one")) << "same size, other inode";
  EXPECT_TRUE(realm.verify("anne", "two"));
  std::filesystem::remove(dir.path() / "realm.properties");
  EXPECT_FALSE(realm.verify("anne", "two"));
}

TEST(Realm, AnUnknownUserCostsWhatAKnownOneCosts) {
  const TempDir dir;
  Realm realm(dir.write("realm.properties", std::string("anne: ") + bcrypt_of_mypass + ",user\nplain: text,user\n"));
  const long known = fastest_verify(realm, "anne");
  ASSERT_GT(known, 500) << "bcrypt must take its time";
  EXPECT_GT(fastest_verify(realm, "nobody"), known / 2);
  EXPECT_GT(fastest_verify(realm, "plain"), known / 2);
}

}  // namespace
}  // namespace qd::auth
