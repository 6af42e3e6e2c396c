#include "base/text.hpp"

#include <gtest/gtest.h>

namespace qd::base {
namespace {

using Texts = std::vector<std::string>;

TEST(Text, SplitsAndTrims) {
  EXPECT_EQ(split("a,,b", ','), (Texts{"a", "", "b"}));
  EXPECT_EQ(split("", ','), (Texts{""}));
  EXPECT_EQ(split_trimmed(" a , ,b ", ','), (Texts{"a", "b"}));
  EXPECT_EQ(trim(" \t a b\n"), "a b");
  EXPECT_EQ(replace_all("aXbX", "X", "--"), "a--b--");
  EXPECT_TRUE(icontains("Nightly Backup", "back"));
  EXPECT_FALSE(icontains("Nightly", "backup"));
}

TEST(Text, ParsesWholeNumbersOnly) {
  EXPECT_EQ(parse_int("-12"), -12);
  for (const char* bad : {"", " 1", "1 ", "1x", "99999999999999999999"}) EXPECT_EQ(parse_int(bad), std::nullopt) << bad;
}

TEST(Text, ShellQuoteKeepsOneWord) {
  EXPECT_EQ(shell_quote("plain/path-1.0"), "plain/path-1.0");
  EXPECT_EQ(shell_quote(""), "''");
  EXPECT_EQ(shell_quote("a b"), "'a b'");
  EXPECT_EQ(shell_quote("it's $(x) `y`"), "'it'\\''s $(x) `y`'");
}

TEST(Text, KnowsValidUtf8) {
  EXPECT_TRUE(valid_utf8("h\xC3\xA9llo \xF0\x9F\x98\x80"));
  for (const char* bad : {"\xC3", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\x80"})
    EXPECT_FALSE(valid_utf8(bad));
  EXPECT_EQ(repair_utf8("a\xFF"
                        "b\xC3"),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD");
}

TEST(Text, PercentCodingIsInverse) {
  const std::string every = "a b/\xC3\xA9?&=%+~";
  EXPECT_EQ(percent_decode(percent_encode(every)), every);
  EXPECT_EQ(percent_decode("a+b%20c%2", true), "a b c%2");
}

TEST(Text, Base64IsInverse) {
  for (const std::string& text : Texts{"", "f", "fo", "foo", "foob", std::string("\0\xFF", 2)})
    EXPECT_EQ(base64_decode(base64(text)), text);
  EXPECT_EQ(base64("foob"), "Zm9vYg==");
  EXPECT_EQ(base64_decode("Zm9v!"), std::nullopt);
}

}  // namespace
}  // namespace qd::base
