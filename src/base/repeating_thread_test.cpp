#include "base/repeating_thread.hpp"

#include <atomic>
#include <future>
#include <gtest/gtest.h>

namespace qd::base {
namespace {

constexpr Millis kNever{3'600'000};
constexpr std::chrono::seconds kPatience{20};

TEST(RepeatingThread, RepeatsAtThePaceThatItIsTold) {
  std::atomic<int> times{0};
  std::promise<void> thrice;
  RepeatingThread thread("test", [&] {
    if (++times == 3) thrice.set_value();
    return times < 3 ? Millis{1} : kNever;
  });
  thread.start();
  EXPECT_TRUE(thread.running());
  EXPECT_EQ(thrice.get_future().wait_for(kPatience), std::future_status::ready);
  thread.stop();
  EXPECT_FALSE(thread.running());
  EXPECT_EQ(times, 3);
}

TEST(RepeatingThread, APokeEndsThePauseEvenWhenItComesBefore) {
  std::atomic<int> times{0};
  std::promise<void> twice;
  RepeatingThread* self = nullptr;
  RepeatingThread thread("test", [&] {
    if (++times == 1) self->poke();  // the pause has not begun yet
    if (times == 2) twice.set_value();
    return kNever;
  });
  self = &thread;
  thread.start();
  EXPECT_EQ(twice.get_future().wait_for(kPatience), std::future_status::ready);
}

TEST(RepeatingThread, StopWaitsForWhatGoesOnAndTellsIt) {
  std::promise<void> begun;
  bool ended = false;
  RepeatingThread* self = nullptr;
  RepeatingThread thread("test", [&] {
    begun.set_value();
    while (!self->stopping()) std::this_thread::yield();
    ended = true;
    return kNever;
  });
  self = &thread;
  thread.start();
  begun.get_future().wait();
  thread.stop();
  EXPECT_TRUE(ended);
  thread.stop();  // once more is harmless
}

TEST(RepeatingThread, StartsAgain) {
  std::atomic<int> times{0};
  RepeatingThread thread("test", [&] {
    ++times;
    return kNever;
  });
  for (int i = 1; i <= 2; ++i) {
    thread.start();
    while (times < i) std::this_thread::yield();
    thread.stop();
  }
  EXPECT_EQ(times, 2);
}

}  // namespace
}  // namespace qd::base
