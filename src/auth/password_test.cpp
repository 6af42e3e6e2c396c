#include "auth/password.hpp"

#include <chrono>
#include <ctime>
#include <gtest/gtest.h>
#include <stdexcept>
#include <thread>
#include <vector>

namespace qd::auth {
namespace {

// The first four are the peer's documented examples for the password "mypass"; the others were made with `openssl
// passwd` and perl's crypt.
constexpr const char* forms_of_mypass[] = {
    "mypass",
    "OBF:1xfd1zt11uha1ugg1zsp1xfp",
    "MD5:a029d0df84eb5549c641e04a9ef389e5",
    "CRYPT:jsnDAc2Xk4W4o",
    "MD5:A029D0DF84EB5549C641E04A9EF389E5",
    "CRYPT:$1$abcdefgh$E5zEIvLkssp5Tif9IIkt/0",
    "CRYPT:$5$saltstring$s8MMlXllLFjEelwbezfZEk30pD6Vrm13AOeQBbQDZs0",
    "CRYPT:$6$saltstring$Hu14Vq9K2RNlUNhKr7t/lzohkqwZuxKXvnWXg1mvt5e6whMpbcoYbe6dXMehaoR9LaRQTH6xB7E6DYxxau0OL1",
    "BCRYPT:$2y$05$abcdefghijklmnopqrstuuWjJdsvtKj1kGIGiTGFB3m8jgDmIdLXa",
};

TEST(Password, KnownVectorsMatchAndNothingElseDoes) {
  for (const char* stored : forms_of_mypass) {
    EXPECT_TRUE(check_stored_password(stored)) << stored;
    EXPECT_TRUE(verify_password(stored, "mypass")) << stored;
    EXPECT_FALSE(verify_password(stored, "mypasS")) << stored;
    EXPECT_FALSE(verify_password(stored, "")) << stored;
    EXPECT_EQ(verify_password(stored, stored), std::string_view(stored) == "mypass") << stored;
  }
}

TEST(Password, PublishedBcryptVector) {
  for (const char* variant : {"2a", "2b", "2y"}) {
    const std::string stored =
        std::string("BCRYPT:$") + variant + "$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
    EXPECT_TRUE(verify_password(stored, "U*U"));
    EXPECT_FALSE(verify_password(stored, "U*U*"));
  }
}

TEST(Password, ObfuscatedFormOfTextBeyondAscii) {
  // "é" in UTF-8 is C3 A9: both bytes are written in the wide form, 256·a + b.
  EXPECT_TRUE(verify_password("OBF:U12ndU0xj7", "\xC3\xA9"));
}

TEST(Password, BrokenStoredFormsNeverMatchAndSayWhy) {
  for (const char* stored : {"", "OBF:123", "OBF:1x!d", "MD5:abc", "MD5:zz29d0df84eb5549c641e04a9ef389e5", "CRYPT:",
                             "CRYPT:*0", "CRYPT:$99$salt$hashhashhash", "BCRYPT:a029d0df84eb5549c641e04a9ef389e5",
                             "BCRYPT:$2a$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"}) {
    const auto usable = check_stored_password(stored);
    ASSERT_FALSE(usable) << stored;
    EXPECT_FALSE(usable.error().message.empty());
    EXPECT_FALSE(verify_password(stored, stored)) << stored;
    EXPECT_FALSE(verify_password(stored, "")) << stored;
  }
}

TEST(Password, ANulDoesNotShortenWhatIsCompared) {
  const std::string with_tail("mypass\0tail", 11);
  for (const char* stored : forms_of_mypass) EXPECT_FALSE(verify_password(stored, with_tail)) << stored;
}

TEST(Password, TooLongIsNeverRight) {
  const std::string endless(longest_password + 1, 'a');
  EXPECT_FALSE(verify_password(endless, endless));
  const std::string longest(longest_password, 'a');
  EXPECT_TRUE(verify_password(longest, longest));
}

TEST(Password, MadeBcryptIsSaltedAndVerifies) {
  const std::string first = make_bcrypt("s3cret");
  EXPECT_TRUE(first.starts_with("BCRYPT:$2a$10$"));
  EXPECT_NE(first, make_bcrypt("s3cret"));
  EXPECT_TRUE(verify_password(first, "s3cret"));
  EXPECT_FALSE(verify_password(first, "s3cre"));
  EXPECT_THROW(make_bcrypt(std::string(73, 'x')), std::invalid_argument);
  EXPECT_THROW(make_bcrypt(std::string("a\0b", 3)), std::invalid_argument);
}

TEST(Password, CostsAreOrderedAsTheTimesAre) {
  EXPECT_LT(password_cost("plain"), password_cost("CRYPT:jsnDAc2Xk4W4o"));
  EXPECT_LT(password_cost("CRYPT:jsnDAc2Xk4W4o"),
            password_cost("CRYPT:$5$saltstring$s8MMlXllLFjEelwbezfZEk30pD6Vrm13AOeQBbQDZs0"));
  EXPECT_LT(password_cost("BCRYPT:$2y$05$abcdefghijklmnopqrstuuWjJdsvtKj1kGIGiTGFB3m8jgDmIdLXa"),
            password_cost("BCRYPT:$2y$10$abcdefghijklmnopqrstuuWjJdsvtKj1kGIGiTGFB3m8jgDmIdLXa"));
}

double processor_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

TEST(Password, HashesLeaveCoresToOthers) {
  const auto began = std::chrono::steady_clock::now();
  const double before = processor_seconds();
  std::vector<std::thread> guesses;
  for (std::size_t at = 0; at < hashes_at_a_time() * 4; ++at) {
    guesses.emplace_back(
        [] { verify_password("BCRYPT:$2y$10$abcdefghijklmnopqrstuuWjJdsvtKj1kGIGiTGFB3m8jgDmIdLXa", "wrong"); });
  }
  for (auto& guess : guesses) guess.join();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  EXPECT_LE(processor_seconds() - before, took.count() * static_cast<double>(hashes_at_a_time()) * 1.2);
}

}  // namespace
}  // namespace qd::auth
