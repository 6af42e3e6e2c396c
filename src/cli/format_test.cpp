#include "cli/format.hpp"

#include <cstdlib>
#include <ctime>
#include <gtest/gtest.h>

namespace qd::cli {
namespace {

class LocalZone {
 public:
  explicit LocalZone(const char* zone) {
    setenv("TZ", zone, 1);
    tzset();
  }
  ~LocalZone() {
    unsetenv("TZ");
    tzset();
  }
};

const JsonObject kExecution{{"id", "12"},
                            {"status", "failed"},
                            {"job", JsonObject{{"name", "restart"}, {"group", "web"}}},
                            {"failedNodes", JsonArray{"a", "b"}},
                            {"dateEnded", nullptr}};

TEST(FormatItem, ReplacesKeysAndDescends) {
  EXPECT_EQ(format_item("%id %status", kExecution), "12 failed");
  EXPECT_EQ(format_item("%job.group/%job.name", kExecution), "web/restart");
  EXPECT_EQ(format_item("[%failedNodes] %job", kExecution), "[[a, b]] {name=restart, group=web}");
}

TEST(FormatItem, TakesMissingAndNullValuesAsEmpty) {
  EXPECT_EQ(format_item("<%nothing> <%dateEnded>", kExecution), "<> <>");
}

TEST(FormatItem, GivesPunctuationBack) {
  EXPECT_EQ(format_item("%id. %id-%status", kExecution), "12. 12-failed");
  EXPECT_EQ(format_item("100% of %", kExecution), "100% of %");
}

TEST(FormatItem, FindsKeysThatHoldDots) {
  const JsonObject project{{"config", JsonObject{{"project.label", "Ops"}}}};
  EXPECT_EQ(format_item("%config.project.label", project), "Ops");
}

TEST(Details, IndentsNestedValues) {
  const JsonObject item{
      {"a", 1}, {"b", JsonObject{{"c", true}}}, {"d", JsonArray{"x", JsonObject{{"e", 2}, {"f", 3}}}}};
  EXPECT_EQ(details(Json(item)), "a: 1\nb:\n  c: true\nd:\n  - x\n  - e: 2\n    f: 3\n");
}

TEST(Table, AlignsByCharactersNotBytes) {
  const std::vector<JsonObject> items{{{"n", "grün"}, {"d", "one"}}, {{"n", "a"}, {"d", "two\nthree"}}};
  EXPECT_EQ(table({{"NAME", "n"}, {"WHAT", "d"}}, items), "NAME  WHAT\ngrün  one\na     two (1 more lines)\n");
}

TEST(FirstLine, CountsTheRest) {
  EXPECT_EQ(first_line("one"), "one");
  EXPECT_EQ(first_line("one\n"), "one");
  EXPECT_EQ(first_line("one\r\ntwo\nthree"), "one (2 more lines)");
}

TEST(FormatDate, FollowsJavaPatterns) {
  const LocalZone zone("CET-1CEST,M3.5.0,M10.5.0/3");
  const UnixMillis time = 1'479'903'655'123;  // 2016-11-23T12:20:55.123Z
  EXPECT_EQ(format_date(time, kDefaultDateFormat), "2016-11-23T13:20:55+0100");
  EXPECT_EQ(format_date(time, "d.M.yy h:mm a EEE SSS XXX z"), "23.11.16 1:20 PM Wed 123 +01:00 CET");
  EXPECT_EQ(format_date(time, "''yyyy' year'"), "'2016 year");
}

TEST(FormatDate, WritesZForUtc) {
  const LocalZone zone("UTC");
  EXPECT_EQ(format_date(0, kDefaultDateFormat), "1970-01-01T00:00:00Z");
  EXPECT_EQ(format_date(0, "HH:mm Z"), "00:00 +0000");
}

}  // namespace
}  // namespace qd::cli
