#include "cluster/replay_guard.hpp"

#include <gtest/gtest.h>

namespace qd::cluster {
namespace {

TEST(ReplayGuard, OnceUntilItsEnd) {
  ReplayGuard guard;
  EXPECT_TRUE(guard.admit("a", 100, 0));
  EXPECT_TRUE(guard.admit("b", 100, 0));
  const auto again = guard.admit("a", 100, 100);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::conflict);
  EXPECT_TRUE(guard.admit("a", 300, 101));
  EXPECT_EQ(guard.size(), 1u);
}

TEST(ReplayGuard, FullRefusesAndForgetsNothingEarly) {
  ReplayGuard guard(2);
  EXPECT_TRUE(guard.admit("a", 100, 0));
  EXPECT_TRUE(guard.admit("b", 200, 0));
  const auto third = guard.admit("c", 100, 50);
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(guard.admit("a", 100, 50).error().kind, ErrorKind::conflict);
  EXPECT_TRUE(guard.admit("c", 300, 101));
  EXPECT_EQ(guard.size(), 2u);
}

}  // namespace
}  // namespace qd::cluster
