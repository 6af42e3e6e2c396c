#include "base/task_group.hpp"

#include <future>
#include <gtest/gtest.h>
#include <stdexcept>
#include <thread>
#include <vector>

namespace qd::base {
namespace {

using namespace std::chrono_literals;

class TaskGroupTest : public testing::Test {
 protected:
  void SetUp() override { loop_.start(); }

  void run(Task<void> task) {
    std::promise<void> done;
    auto drive = [](EventLoop& loop, Task<void> inner, std::promise<void>& end) -> Task<void> {
      co_await loop.enter();
      co_await std::move(inner);
      end.set_value();
    };
    spawn(drive(loop_, std::move(task), done));
    done.get_future().get();
  }

  EventLoop loop_{"test"};
};

struct Counter {
  int now = 0;
  int most = 0;
  std::vector<int> started;
};

Task<void> piece(EventLoop& loop, Counter& counter, int id) {
  counter.started.push_back(id);
  counter.most = std::max(counter.most, ++counter.now);
  co_await loop.sleep(Millis{id % 3});
  --counter.now;
}

Task<void> at_once(Counter& counter, int id) {
  counter.started.push_back(id);
  co_return;
}

Task<void> failing(const char* text) {
  throw std::runtime_error(text);
  co_return;
}

TEST_F(TaskGroupTest, RunsAllInOrderAndAtMostSoManyAtOnce) {
  Counter counter;
  run([](EventLoop& loop, Counter& count) -> Task<void> {
    TaskGroup group(loop, 4);
    for (int i = 0; i < 40; ++i) group.add(piece(loop, count, i));
    co_await group.join();
    EXPECT_EQ(count.now, 0);
  }(loop_, counter));
  EXPECT_EQ(counter.most, 4);
  ASSERT_EQ(counter.started.size(), 40u);
  EXPECT_TRUE(std::is_sorted(counter.started.begin(), counter.started.end()));
}

TEST_F(TaskGroupTest, ManyTasksThatEndAtOnceDoNotDeepenTheStack) {
  Counter counter;
  run([](EventLoop& loop, Counter& count) -> Task<void> {
    TaskGroup group(loop, 1);
    group.add(piece(loop, count, 1));
    for (int i = 0; i < 100'000; ++i) group.add(at_once(count, i));
    co_await group.join();
  }(loop_, counter));
  EXPECT_EQ(counter.started.size(), 100'001u);
}

TEST_F(TaskGroupTest, JoinThrowsTheFirstFailureAfterAllHaveEnded) {
  Counter counter;
  run([](EventLoop& loop, Counter& count) -> Task<void> {
    TaskGroup group(loop, 2);
    group.add(piece(loop, count, 2));
    group.add(failing("first"));
    group.add(failing("second"));
    group.add(at_once(count, 9));
    std::string message;
    try {
      co_await group.join();
    } catch (const std::runtime_error& error) {
      message = error.what();
    }
    EXPECT_EQ(message, "first");
    EXPECT_EQ(count.now, 0);
  }(loop_, counter));
  EXPECT_EQ(counter.started, (std::vector{2, 9}));
}

TEST_F(TaskGroupTest, AnEmptyGroupJoinsAtOnce) {
  run([](EventLoop& loop) -> Task<void> {
    TaskGroup group(loop, 3);
    co_await group.join();
  }(loop_));
}

TEST_F(TaskGroupTest, EventsWakeAllWaitersAndTimeOut) {
  run([](EventLoop& loop) -> Task<void> {
    AsyncEvent event(loop);
    const bool early = co_await event.wait_for(2ms);
    EXPECT_FALSE(early);
    TaskGroup group(loop, 10);
    int woken = 0;
    const auto waiter = [](AsyncEvent& awaited, int& count) -> Task<void> {
      const bool happened = co_await awaited.wait_for(10s);
      count += happened ? 1 : 0;
      co_await awaited.wait();
    };
    for (int i = 0; i < 5; ++i) group.add(waiter(event, woken));
    std::thread setter([&event] {
      event.set();
      event.set();
    });
    co_await group.join();
    setter.join();
    EXPECT_EQ(woken, 5);
    EXPECT_TRUE(event.is_set());
  }(loop_));
}

}  // namespace
}  // namespace qd::base
