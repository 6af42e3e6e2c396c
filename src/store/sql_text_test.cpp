#include "store/sql_text.hpp"

#include <gtest/gtest.h>

#include "store/statement_cache.hpp"

namespace qd::store {
namespace {

TEST(SqlTextTest, NumbersPlaceholdersOutsideOfQuotes) {
  EXPECT_EQ(number_placeholders("SELECT a FROM t WHERE a = ? AND b = ?"), "SELECT a FROM t WHERE a = $1 AND b = $2");
  EXPECT_EQ(number_placeholders("SELECT '?', \"a?b\", 'it''s ?' WHERE a = ?"),
            "SELECT '?', \"a?b\", 'it''s ?' WHERE a = $1");
  EXPECT_EQ(number_placeholders("SELECT ? -- why?\n, ?"), "SELECT $1 -- why?\n, $2");
  EXPECT_EQ(number_placeholders("SELECT 'open ?"), "SELECT 'open ?");
  EXPECT_EQ(number_placeholders(""), "");
}

TEST(SqlTextTest, EscapesWildcards) {
  EXPECT_EQ(like_containing("100%_a!"), "%100!%!_a!!%");
  EXPECT_EQ(placeholders(3), "?, ?, ?");
}

TEST(SqlTextTest, AbbreviatesLongStatements) {
  EXPECT_EQ(abbreviate_sql("SELECT a,\n   b\tFROM  t"), "SELECT a, b FROM t");
  EXPECT_LT(abbreviate_sql(std::string(1000, 'x')).size(), 170u);
}

TEST(StatementCacheTest, EvictsTheLeastRecentlyUsed) {
  StatementCache<int> cache(2);
  std::vector<int> evicted;
  const auto evict = [&](int old) { evicted.push_back(old); };
  cache.add("one", 1, evict);
  cache.add("two", 2, evict);
  EXPECT_EQ(*cache.find("one"), 1);
  cache.add("three", 3, evict);
  EXPECT_EQ(evicted, std::vector<int>{2});
  EXPECT_EQ(cache.find("two"), nullptr);
  EXPECT_EQ(*cache.find("one"), 1);
  EXPECT_EQ(*cache.find("three"), 3);
}

}  // namespace
}  // namespace qd::store
