#include "base/properties.hpp"

#include <gtest/gtest.h>

namespace qd::base {
namespace {

std::map<std::string, std::string> parsed(std::string_view text) {
  const auto entries = parse_properties(text);
  std::map<std::string, std::string> map;
  EXPECT_TRUE(entries.has_value());
  for (const Property& entry : entries.value()) map[entry.key] = entry.value;
  return map;
}

TEST(Properties, ReadsEverySeparator) {
  EXPECT_EQ(parsed("a=1\nb:2\nc 3\n d = 4 \r\ne"),
            (std::map<std::string, std::string>{{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4 "}, {"e", ""}}));
}

TEST(Properties, ReadsCommentsContinuationsAndEscapes) {
  EXPECT_EQ(parsed("# no\n! no\nlist=a,\\\n    b\nkey\\ with\\=x=v\\tw\nu=\\u00e9\\uD83D\\uDE00\nback=C:\\\\x\n"),
            (std::map<std::string, std::string>{
                {"list", "a,b"}, {"key with=x", "v\tw"}, {"u", "\xC3\xA9\xF0\x9F\x98\x80"}, {"back", "C:\\x"}}));
}

TEST(Properties, KeepsLineNumbers) {
  const auto entries = parse_properties("# c\n\na=1\\\n2\nb=3\n");
  ASSERT_TRUE(entries.has_value());
  EXPECT_EQ((*entries)[0].line, 3);
  EXPECT_EQ((*entries)[1].line, 5);
}

TEST(Properties, NamesTheLineOfABrokenEscape) {
  const auto entries = parse_properties("a=1\nb=\\u12\n");
  ASSERT_FALSE(entries.has_value());
  EXPECT_NE(entries.error().message.find("line 2"), std::string::npos);
}

TEST(Properties, WritesWhatItReads) {
  const std::map<std::string, std::string> entries{{" k=:#", "  v\n\t\\"}, {"a", "=b#c"}, {"\xC3\xA9", ""}};
  EXPECT_EQ(parsed(write_properties(entries)), entries);
}

}  // namespace
}  // namespace qd::base
