#include "base/cancel.hpp"

#include <atomic>
#include <gtest/gtest.h>
#include <thread>
#include <vector>

namespace qd::base {
namespace {

TEST(Cancel, CountsOnceAndKeepsTheFirstReason) {
  CancelSource source;
  const auto token = source.token();
  int called = 0;
  const auto kept = token.on_cancel([&] { ++called; });
  EXPECT_FALSE(token.cancelled());
  EXPECT_EQ(token.reason(), "");
  EXPECT_TRUE(source.cancel("first"));
  EXPECT_FALSE(source.cancel("second"));
  EXPECT_TRUE(token.cancelled());
  EXPECT_EQ(token.reason(), "first");
  EXPECT_EQ(called, 1);
}

TEST(Cancel, CallsAtOnceWhenItHasHappened) {
  CancelSource source;
  source.cancel("now");
  std::string seen;
  const auto kept = source.token().on_cancel([&] { seen = source.token().reason(); });
  EXPECT_EQ(seen, "now");
}

TEST(Cancel, ADroppedRegistrationIsNotCalled) {
  CancelSource source;
  int called = 0;
  {
    const auto dropped = source.token().on_cancel([&] { ++called; });
  }
  auto replaced = source.token().on_cancel([&] { ++called; });
  replaced = {};
  source.cancel("x");
  EXPECT_EQ(called, 0);
}

TEST(Cancel, AnEmptyTokenIsNeverCancelled) {
  const CancelToken token;
  const auto kept = token.on_cancel([] { FAIL(); });
  EXPECT_FALSE(token.cancelled());
}

TEST(Cancel, ReachesChildrenButNotParents) {
  CancelSource execution;
  CancelSource step(execution.token());
  CancelSource other(execution.token());
  CancelSource moved(std::move(other));
  step.cancel("step timeout");
  EXPECT_FALSE(execution.token().cancelled());
  execution.cancel("aborted");
  EXPECT_EQ(step.token().reason(), "step timeout");
  EXPECT_EQ(moved.token().reason(), "aborted");
  const CancelSource late(execution.token());
  EXPECT_EQ(late.token().reason(), "aborted");
}

TEST(Cancel, RacesOfCancelAndDeregistrationAreSafe) {
  for (int round = 0; round < 200; ++round) {
    CancelSource source;
    std::atomic<int> winners{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 2; ++i) {
      threads.emplace_back([&] { winners += source.cancel("x") ? 1 : 0; });
      threads.emplace_back([&] {
        auto alive = std::make_unique<int>(1);
        auto kept = source.token().on_cancel([&] { *alive += 1; });
        kept = {};  // afterwards the callback does not run, so `alive` may go
        alive.reset();
      });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(winners, 1);
  }
}

}  // namespace
}  // namespace qd::base
