#include "app/commands.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>

#include "auth/password.hpp"
#include "auth/temp_dir_testing.hpp"

namespace qd::app {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class CommandsTest : public testing::Test {
 protected:
  std::ostringstream out_, err_;
};

TEST_F(CommandsTest, HashPasswordWritesWhatTheRealmReads) {
  std::istringstream in("open sesame\n");
  EXPECT_EQ(hash_password(in, out_, err_), 0);
  std::string hash = out_.str();
  ASSERT_THAT(hash, StartsWith("BCRYPT:"));
  hash.pop_back();
  EXPECT_TRUE(auth::verify_password(hash, "open sesame"));
  EXPECT_FALSE(auth::verify_password(hash, "open"));
}

TEST_F(CommandsTest, HashPasswordRefusesNoneAndTooMuch) {
  for (const std::string& text : {std::string("\n"), std::string(73, 'x') + "\n"}) {
    std::istringstream in(text);
    EXPECT_EQ(hash_password(in, out_, err_), 2);
  }
  EXPECT_EQ(out_.str(), "");
  EXPECT_THAT(err_.str(), HasSubstr("1 to 72 bytes"));
}

TEST_F(CommandsTest, HealthFailsWhereNobodyListensAndWithoutConfiguration) {
  EXPECT_EQ(check_health({}, "http://127.0.0.1:1", out_, err_), 1);
  EXPECT_THAT(err_.str(), HasSubstr("127.0.0.1:1"));
  ConfigRequest none;
  none.package_config_folder = "/nowhere";
  EXPECT_EQ(check_health(none, "", out_, err_), 2);
  EXPECT_EQ(out_.str(), "");
}

}  // namespace
}  // namespace qd::app
