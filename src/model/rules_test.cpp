#include <gtest/gtest.h>

#include "model/arg_string.hpp"
#include "model/date_text.hpp"
#include "model/duration.hpp"
#include "model/execution.hpp"
#include "model/regex.hpp"

namespace qd::model {
namespace {

using Words = std::vector<std::string>;

TEST(ArgString, SplitsWords) {
  EXPECT_EQ(split_args("-a 1 -b \"two words\" -c 'it''s' x\"y z"),
            (Words{"-a", "1", "-b", "two words", "-c", "it's", "x\"y", "z"}));
  EXPECT_EQ(split_args("  a\t\nb  "), (Words{"a", "b"}));
  EXPECT_EQ(split_args("\"\" ''"), (Words{"", ""}));
  EXPECT_EQ(split_args("\"a\"b\"c d\""), (Words{"abc d"}));
  EXPECT_EQ(split_args("\"open end"), (Words{"open end"}));
  EXPECT_EQ(split_args("   "), Words{});
}

TEST(ArgString, JoinIsTheInverseOfSplit) {
  for (const Words& words :
       {Words{"a", "b c", "", "\"", "it's", "\"q\" 'r'", "tab\there", "new\nline", "-x"}, Words{}, Words{""}}) {
    EXPECT_EQ(split_args(join_args(words)), words) << join_args(words);
  }
  EXPECT_EQ(join_args({"-m", "say \"hi\""}), "-m \"say \"\"hi\"\"\"");
}

TEST(ArgString, ParsesOptions) {
  EXPECT_EQ(parse_options("-a 1 junk -b -c -d"), (std::map<std::string, std::string>{{"a", "1"}, {"b", "-c"}}));
  EXPECT_EQ(parse_options("- x -a ''"), (std::map<std::string, std::string>{{"a", ""}}));
  EXPECT_TRUE(parse_options("").empty());
}

TEST(ArgString, IsWrittenInTheOrderOfDefinition) {
  std::vector<Option> options(2);
  options[0].name = "z";
  options[1].name = "a";
  EXPECT_EQ(make_arg_string(options, {{"a", "1 2"}, {"more", ""}, {"z", "3"}}), "-z 3 -a \"1 2\" -more \"\"");
}

TEST(Duration, ReadsWhatUsersWrite) {
  const auto seconds = [](std::string_view text) { return parse_duration(text)->count() / 1000; };
  EXPECT_EQ(seconds("90"), 90);
  EXPECT_EQ(seconds("30s"), 30);
  EXPECT_EQ(seconds("1d2h3m15s"), 86'400 + 7'200 + 180 + 15);
  EXPECT_EQ(seconds("1w 1y"), 8 * 86'400 * 0 + 7 * 86'400 + 365 * 86'400);
  EXPECT_EQ(seconds("2m30"), 150);
  EXPECT_EQ(seconds("5x"), 0);
  EXPECT_EQ(seconds(""), 0);
  EXPECT_EQ(seconds("soon"), 0);
  EXPECT_FALSE(parse_duration("99999999999999999999"));
  EXPECT_FALSE(parse_duration("9999999999999y"));
}

TEST(DateText, FillsDatesByJavaPatterns) {
  const UnixMillis now = 1'795'380'245'123;  // 2026-11-22T20:44:05.123Z, a Sunday
  struct Case {
    const char* text;
    const char* filled;
  };
  for (const auto& [text, filled] : std::vector<Case>{
           {"${DATE:yyyy-MM-dd:UTC}", "2026-11-22"},
           {"a ${DATE:MM/dd/yy HH:mm:ss.SSS:UTC} b", "a 11/22/26 20:44:05.123 b"},
           {"${DATE+9:d MMM yyyy:GMT} ${DATE-22:EEEE MMMM:GMT}", "1 Dec 2026 Saturday October"},
           {"${DATE:h a 'o''clock' X Z:UTC}", "8 PM o'clock Z +0000"},
           {"${DATE:yyyy'T'HH:UTC}", "2026T20"},
           {"${DATE:bb:UTC} ${DATE} ${DATE+x:yyyy} ${DATE:yyyy", "${DATE:bb:UTC} ${DATE} ${DATE+x:yyyy} ${DATE:yyyy"},
           {"no date", "no date"},
       }) {
    EXPECT_EQ(expand_dates(text, now), filled);
  }
}

TEST(Regex, MatchesWholeTextsWithinLimits) {
  const auto digits = Regex::compile("[0-9]+");
  ASSERT_TRUE(digits.has_value());
  EXPECT_TRUE(digits->matches("123"));
  EXPECT_FALSE(digits->matches("a123"));
  EXPECT_FALSE(digits->matches("123\n"));
  EXPECT_TRUE(digits->contains("a1"));
  EXPECT_TRUE(Regex::compile("a|ab")->matches("ab"));
  EXPECT_FALSE(Regex::compile("(a+)+$")->matches(std::string(5'000, 'a') + "!"));
  EXPECT_FALSE(Regex::compile("(").has_value());
  EXPECT_TRUE(Regex::compile("")->matches(""));
  EXPECT_FALSE(digits->matches("\xff\xfe"));
}

TEST(ExecutionStatus, KnowsFinalAndCustomOnes) {
  EXPECT_FALSE(is_final("running"));
  EXPECT_FALSE(is_final("scheduled"));
  EXPECT_TRUE(is_final("timedout"));
  EXPECT_TRUE(is_final("anything"));
  EXPECT_TRUE(is_standard("failed-with-retry"));
  EXPECT_FALSE(is_standard("anything"));
}

}  // namespace
}  // namespace qd::model
