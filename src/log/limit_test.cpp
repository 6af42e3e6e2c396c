#include "log/limit.hpp"

#include <gtest/gtest.h>

namespace qd::log {
namespace {

using Kind = LimitSpec::Kind;

TEST(Limit, ParsesLinesNodesAndSizes) {
  EXPECT_EQ(parse_limit(" "), LimitSpec{});
  EXPECT_EQ(parse_limit("100"), (LimitSpec{Kind::lines, 100}));
  EXPECT_EQ(parse_limit(" 20/node "), (LimitSpec{Kind::lines_per_node, 20}));
  EXPECT_EQ(parse_limit("7B"), (LimitSpec{Kind::bytes, 7}));
  EXPECT_EQ(parse_limit("500k"), (LimitSpec{Kind::bytes, 500 * 1024}));
  EXPECT_EQ(parse_limit("5 MB"), (LimitSpec{Kind::bytes, 5 << 20}));
  EXPECT_EQ(parse_limit("1GB"), (LimitSpec{Kind::bytes, 1 << 30}));
}

TEST(Limit, RefusesTheRest) {
  for (const char* text : {"x", "-1", "0", "5TB", "5/step", "99999999999999999999", "9999999999999GB", "MB", "1.5MB"}) {
    const auto spec = parse_limit(text);
    ASSERT_FALSE(spec) << text;
    EXPECT_NE(spec.error().message.find(text), std::string::npos);
  }
}

TEST(Limit, CountsLines) {
  LimitCounter counter({Kind::lines, 3});
  EXPECT_TRUE(counter.add("a", 10));
  EXPECT_TRUE(counter.add("b", 10, 2));
  EXPECT_FALSE(counter.exceeded());
  EXPECT_FALSE(counter.add("c", 10));
  EXPECT_TRUE(counter.exceeded());
  EXPECT_EQ(counter.description(), "3 lines");
}

TEST(Limit, CountsLinesOfEachNode) {
  LimitCounter counter({Kind::lines_per_node, 2});
  for (const char* node : {"a", "b", "a", "b"}) EXPECT_TRUE(counter.add(node, 1));
  EXPECT_FALSE(counter.add("a", 1));
  EXPECT_TRUE(counter.add("c", 1));
  EXPECT_TRUE(counter.exceeded());
}

TEST(Limit, CountsBytes) {
  LimitCounter counter({Kind::bytes, 100});
  EXPECT_TRUE(counter.add("a", 100));
  EXPECT_FALSE(counter.add("a", 1));
  LimitCounter none(LimitSpec{});
  EXPECT_TRUE(none.add("a", 1LL << 40, 1LL << 40));
}

}  // namespace
}  // namespace qd::log
