#include "base/charset.hpp"

#include <gtest/gtest.h>

namespace qd::base {
namespace {

TEST(Charset, ReadsWhatWasDeclared) {
  EXPECT_EQ(to_utf8("caf\xe9", "ISO-8859-1"), "café");
  EXPECT_EQ(to_utf8("\x80 5", "windows-1252"), "€ 5");
  EXPECT_EQ(to_utf8(std::string("\xff\xfe\x68\x00\xe9\x00", 6), ""), "hé");
  EXPECT_EQ(to_utf8(std::string("\x00h\x00\xe9", 4), "UTF-16BE"), "hé");
}

TEST(Charset, LeavesUtf8AsItIs) {
  EXPECT_EQ(to_utf8("café", ""), "café");
  EXPECT_EQ(to_utf8("café", "UTF-8"), "café");
  EXPECT_EQ(to_utf8("café", "iso-8859-15"), "café");
  EXPECT_EQ(to_utf8("caf\xe9", ""), "caf\xe9");  // whoever reads it says what is wrong
}

TEST(Charset, LongTextKeepsEveryLetter) {
  std::string text(100'000, '\xe9'), expected;
  for (int i = 0; i < 100'000; ++i) expected += "é";
  EXPECT_EQ(to_utf8(text, "latin1"), expected);
}

TEST(Charset, SaysWhatIsWrong) {
  const auto unknown = to_utf8("caf\xe9", "ISO-2022-CN-EXT");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().kind, ErrorKind::unsupported_format);
  EXPECT_EQ(unknown.error().message, "The character set ISO-2022-CN-EXT is not spoken here: send UTF-8.");
  EXPECT_FALSE(to_utf8("caf\xe9", "../../tmp/evil"));
  const auto broken = to_utf8("ab\xff\xff", "shift_jis");
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().message, "Byte 3 of the text is not shift_jis.");
}

}  // namespace
}  // namespace qd::base
