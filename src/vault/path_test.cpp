#include "vault/path.hpp"

#include <gtest/gtest.h>

#include "vault/selector.hpp"

namespace qd::vault {
namespace {

TEST(PathTest, IsCleanedOrRefused) {
  EXPECT_EQ(clean_path("/keys//a/b/"), "keys/a/b");
  EXPECT_EQ(clean_path("/"), "");
  EXPECT_EQ(clean_path("keys/.hidden/..x"), "keys/.hidden/..x");
  for (const char* bad : {"keys/../a", "..", "keys/.", "keys\\a", "keys/a\nb", "keys/\x7f", "keys/\xff"}) {
    EXPECT_FALSE(clean_path(bad)) << bad;
  }
  EXPECT_FALSE(clean_path(std::string("keys/a\0b", 8)));
  EXPECT_FALSE(clean_path("keys/" + std::string(256, 'x')));
  std::string deep = "keys";
  for (int i = 0; i < 600; ++i) deep += "/a";
  EXPECT_FALSE(clean_path(deep));
}

TEST(PathTest, KnowsWhatIsBelow) {
  EXPECT_TRUE(is_within("keys/a", "keys"));
  EXPECT_TRUE(is_within("keys", "keys"));
  EXPECT_TRUE(is_within("keys/a", ""));
  EXPECT_FALSE(is_within("keysa", "keys"));
  EXPECT_FALSE(is_within("keys", "keys/a"));
  EXPECT_EQ(parent_of("keys/a/b"), "keys/a");
  EXPECT_EQ(name_of("keys/a/b"), "b");
  EXPECT_EQ(parent_of("keys"), "");
}

TEST(SelectorTest, ComparesAndMatches) {
  const Meta key{{"Rundeck-key-type", "private"}, {"Rundeck-content-type", "application/octet-stream"}};
  const auto takes = [&](const char* text) { return Selector::parse(text).value().takes(key); };
  EXPECT_TRUE(takes(""));
  EXPECT_TRUE(takes("Rundeck-key-type=private"));
  EXPECT_FALSE(takes("Rundeck-key-type=public"));
  EXPECT_FALSE(takes("Rundeck-data-type=password"));
  EXPECT_TRUE(takes(" Rundeck-content-type =~ application/.* ; Rundeck-key-type = private "));
  EXPECT_FALSE(takes("Rundeck-content-type=~appli; Rundeck-key-type=private")) << "it must match the whole";
  EXPECT_FALSE(Selector::parse("private"));
  EXPECT_FALSE(Selector::parse("a=~["));
}

}  // namespace
}  // namespace qd::vault
