#include "auth/kept.hpp"

#include <future>
#include <gtest/gtest.h>
#include <thread>

namespace qd::auth {
namespace {

struct Source {
  int loads = 0;
  bool up = true;
  Result<int> load() {
    ++loads;
    if (!up) return fail(ErrorKind::unavailable, "it is down");
    return loads;
  }
};

TEST(Kept, IsLoadedOnceUntilItIsOld) {
  ManualClock clock(1'000'000);
  Source source;
  Kept<int> kept([&] { return source.load(); }, clock, {});
  EXPECT_EQ(*kept.get().value(), 1);
  clock.advance(Millis(299'999));
  EXPECT_EQ(*kept.get().value(), 1);
  clock.advance(Millis(1));
  EXPECT_EQ(*kept.get().value(), 2);
}

TEST(Kept, OutlivesItsSourceForAWhile) {
  ManualClock clock(1'000'000);
  Source source;
  Kept<int> kept([&] { return source.load(); }, clock, {});
  ASSERT_TRUE(kept.get());
  source.up = false;
  clock.advance(Millis(400'000));
  EXPECT_EQ(*kept.get().value(), 1);
  EXPECT_EQ(source.loads, 2);
  EXPECT_EQ(*kept.get().value(), 1);
  EXPECT_EQ(source.loads, 2) << "a broken source is not asked each time";
  clock.advance(Millis(3'600'000));
  EXPECT_FALSE(kept.get());
  source.up = true;
  clock.advance(Millis(5'000));
  EXPECT_TRUE(kept.get());
}

TEST(Kept, IsRenewedOnDemandButNotByEveryone) {
  ManualClock clock(1'000'000);
  Source source;
  Kept<int> kept([&] { return source.load(); }, clock, {});
  const auto first = kept.get().value();
  EXPECT_EQ(kept.newer_than(first).value(), first) << "it was loaded just now";
  clock.advance(Millis(5'000));
  const auto second = kept.newer_than(first).value();
  EXPECT_EQ(*second, 2);
  clock.advance(Millis(5'000));
  EXPECT_EQ(kept.newer_than(first).value(), second) << "who saw the old one gets the new one";
  EXPECT_EQ(source.loads, 2);
}

TEST(Kept, OthersGoOnWhileOneLoads) {
  ManualClock clock(1'000'000);
  std::promise<void> begun, go;
  int loads = 0;
  Kept<int> kept(
      [&]() -> Result<int> {
        if (++loads == 2) {
          begun.set_value();
          go.get_future().wait();
        }
        return loads;
      },
      clock, {});
  ASSERT_TRUE(kept.get());
  clock.advance(Millis(400'000));
  std::thread loader([&] { EXPECT_EQ(*kept.get().value(), 2); });
  begun.get_future().wait();
  EXPECT_EQ(*kept.get().value(), 1);
  go.set_value();
  loader.join();
}

TEST(Kept, AFailureByExceptionIsAnError) {
  ManualClock clock(1'000'000);
  Kept<int> kept([]() -> Result<int> { throw std::runtime_error("broken"); }, clock, {});
  EXPECT_EQ(kept.get().error().message, "broken");
}

}  // namespace
}  // namespace qd::auth
