#include "node/output.hpp"

#include <gtest/gtest.h>
#include <vector>

#include "base/text.hpp"

namespace qd::node {
namespace {

struct Lines {
  std::vector<std::string> lines;
  LineAssembler assembler;
  explicit Lines(std::size_t max_line = 64 * 1024)
      : assembler([this](std::string_view line) { lines.emplace_back(line); }, max_line) {}
};

using Texts = std::vector<std::string>;

TEST(LineAssembler, SplitsAtNewlinesWhereverTheChunksEnd) {
  const std::string text = "one\ntwo\r\n\n\r\nlast";
  for (std::size_t size = 1; size <= text.size(); ++size) {
    Lines seen;
    for (std::size_t at = 0; at < text.size(); at += size)
      seen.assembler.write(std::string_view(text).substr(at, size));
    EXPECT_EQ(seen.lines, (Texts{"one", "two", "", ""})) << size;
    seen.assembler.finish();
    seen.assembler.finish();
    EXPECT_EQ(seen.lines, (Texts{"one", "two", "", "", "last"})) << size;
  }
}

TEST(LineAssembler, KeepsCarriageReturnsInsideALine) {
  Lines seen;
  seen.assembler.write("10%\r20%\r30%\nrest\r");
  seen.assembler.finish();
  EXPECT_EQ(seen.lines, (Texts{"10%\r20%\r30%", "rest\r"}));
}

TEST(LineAssembler, SplitsLongLinesBetweenCharacters) {
  Lines seen(10);
  seen.assembler.write("0123456789\n01234567890123456789012\n");
  EXPECT_EQ(seen.lines, (Texts{"0123456789", "0123456789", "0123456789", "012"}));

  Lines umlauts(5);  // two bytes each: 2 fit whole
  umlauts.assembler.write("äöüäöü\n");
  EXPECT_EQ(umlauts.lines, (Texts{"äö", "üä", "öü"}));
}

TEST(LineAssembler, HoldsNoMoreThanOneLineOfAnEndlessStream) {
  std::size_t passed_on = 0;
  std::size_t longest = 0;
  LineAssembler assembler(
      [&](std::string_view line) {
        passed_on += line.size();
        longest = std::max(longest, line.size());
      },
      1000);
  const std::string chunk(777, 'x');
  for (int i = 0; i < 1000; ++i) assembler.write(chunk);
  EXPECT_LE(777'000 - passed_on, 1000u);
  EXPECT_EQ(longest, 1000u);
}

TEST(LineAssembler, RepairsBrokenText) {
  Lines seen(8);
  seen.assembler.write(
      "a\xff"
      "b\n");
  seen.assembler.write(std::string(20, '\x80') + "\n");
  for (const auto& line : seen.lines) EXPECT_TRUE(base::valid_utf8(line));
  ASSERT_FALSE(seen.lines.empty());
  EXPECT_EQ(seen.lines[0],
            "a\xEF\xBF\xBD"
            "b");
}

TEST(CollectOutput, StopsAtItsLimit) {
  CollectOutput output(5);
  output.write(Stream::out, "abc");
  output.write(Stream::err, "12345");
  EXPECT_FALSE(output.cut);
  output.write(Stream::out, "defg");
  EXPECT_EQ(output.out, "abcde");
  EXPECT_EQ(output.err, "12345");
  EXPECT_TRUE(output.cut);
}

}  // namespace
}  // namespace qd::node
