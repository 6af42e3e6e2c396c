#include "base/event_loop.hpp"

#include <atomic>
#include <cstring>
#include <fcntl.h>
#include <future>
#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>
#include <thread>
#include <unistd.h>
#include <vector>

#include "base/worker_pool.hpp"

namespace qd::base {
namespace {

using namespace std::chrono_literals;

class EventLoopTest : public testing::Test {
 protected:
  void SetUp() override { loop_.start(); }

  // Runs `task` on the loop and waits for it.
  void run(Task<void> task) {
    std::promise<void> done;
    auto drive = [](EventLoop& loop, Task<void> inner, std::promise<void>& end) -> Task<void> {
      co_await loop.enter();
      try {
        co_await std::move(inner);
        end.set_value();
      } catch (...) {
        end.set_exception(std::current_exception());
      }
    };
    spawn(drive(loop_, std::move(task), done));
    done.get_future().get();
  }

  EventLoop loop_{"test"};
};

TEST_F(EventLoopTest, RunsPostedCallbacksInOrderOnItsThread) {
  std::vector<int> seen;
  std::promise<std::thread::id> done;
  for (int i = 0; i < 1000; ++i) {
    loop_.post([&seen, i] { seen.push_back(i); });
  }
  loop_.post([&] { done.set_value(std::this_thread::get_id()); });
  EXPECT_NE(done.get_future().get(), std::this_thread::get_id());
  ASSERT_EQ(seen.size(), 1000u);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
}

TEST_F(EventLoopTest, AFailingCallbackDoesNotEndIt) {
  loop_.post([] { throw std::runtime_error("on purpose"); });
  std::promise<void> done;
  loop_.post([&] { done.set_value(); });
  EXPECT_EQ(done.get_future().wait_for(10s), std::future_status::ready);
}

TEST_F(EventLoopTest, TimersFireInOrderOfTheirDelay) {
  std::promise<std::vector<int>> done;
  auto seen = std::make_shared<std::vector<int>>();
  loop_.after(40ms, [&, seen] {
    seen->push_back(2);
    done.set_value(*seen);
  });
  loop_.after(1ms, [seen] { seen->push_back(1); });
  EXPECT_EQ(done.get_future().get(), (std::vector{1, 2}));
}

TEST_F(EventLoopTest, ACancelledTimerDoesNotFireAndFreesItsCallback) {
  auto token = std::make_shared<int>(0);
  std::weak_ptr<int> watch = token;
  std::promise<bool> fired;
  // Created here, cancelled on the loop before or after it was armed there.
  const auto timer = loop_.after(1ms, [token, &fired] { fired.set_value(true); });
  token.reset();
  std::promise<void> cancelled;
  loop_.post([&] {
    loop_.cancel(timer);
    cancelled.set_value();
  });
  cancelled.get_future().get();
  auto outcome = fired.get_future();
  const bool ran = outcome.wait_for(0s) == std::future_status::ready;  // it may have been faster than the cancel
  EXPECT_TRUE(watch.expired());
  if (!ran) {
    run([](EventLoop& loop) -> Task<void> { co_await loop.sleep(20ms); }(loop_));
    EXPECT_EQ(outcome.wait_for(0s), std::future_status::timeout);
  }
}

TEST_F(EventLoopTest, SleepContinuesOnTheLoop) {
  run([](EventLoop& loop) -> Task<void> {
    const auto before = std::chrono::steady_clock::now();
    co_await loop.sleep(20ms);
    EXPECT_TRUE(loop.in_loop());
    EXPECT_GE(std::chrono::steady_clock::now() - before, 20ms);
  }(loop_));
}

TEST_F(EventLoopTest, WatchesDescriptorsUntilItIsToldNotTo) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
  std::string seen;
  std::promise<void> ended;
  EventLoop::WatchId id = 0;
  const auto on_loop = [&](auto work) {
    std::promise<void> done;
    loop_.post([&] {
      work();
      done.set_value();
    });
    done.get_future().get();
  };
  on_loop([&] {
    id = loop_.watch(ends[0], [&] {
      char text[16];
      ssize_t size = 0;
      while ((size = read(ends[0], text, sizeof text)) > 0) seen.append(text, static_cast<std::size_t>(size));
      if (size == 0) {
        loop_.unwatch(id);  // from inside its own callback
        close(ends[0]);
        ended.set_value();
      }
    });
  });
  EXPECT_NE(id, 0u);
  for (const char* part : {"one ", "two ", "three"}) ASSERT_GT(write(ends[1], part, strlen(part)), 0);
  close(ends[1]);
  ended.get_future().get();
  EXPECT_EQ(seen, "one two three");
  on_loop([&] {
    loop_.unwatch(id);  // it is gone
    EXPECT_EQ(loop_.watch(-1, [] {}), 0u);
  });
}

TEST_F(EventLoopTest, AWatchThatIsGoneIsNotCalledAndFreesItsCallback) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
  auto owned = std::make_shared<int>(1);
  std::atomic<bool> called{false};
  std::promise<void> done;
  loop_.post([&] {
    const auto id = loop_.watch(ends[0], [&called, owned] { called = true; });
    ASSERT_EQ(write(ends[1], "x", 1), 1);  // ready, and not told yet
    loop_.unwatch(id);
    done.set_value();
  });
  done.get_future().get();
  EXPECT_EQ(owned.use_count(), 1);
  std::promise<void> later;
  loop_.after(20ms, [&] { later.set_value(); });
  later.get_future().get();
  EXPECT_FALSE(called);
  close(ends[0]);
  close(ends[1]);
}

TEST(EventLoopStop, DropsWhatIsWaiting) {
  auto token = std::make_shared<int>(0);
  std::weak_ptr<int> watch = token;
  {
    EventLoop loop("test");
    loop.post([token] {});  // never started
    loop.after(1h, [token] {});
    token.reset();
    loop.stop();
    EXPECT_TRUE(watch.expired());
    loop.post([] { FAIL() << "ran after stop()"; });
    loop.after(0ms, [] { FAIL() << "ran after stop()"; });
    loop.stop();
  }
}

TEST_F(EventLoopTest, RunOnBringsValuesAndExceptionsBack) {
  WorkerPool pool("pool", 2, 100);
  run([](EventLoop& loop, WorkerPool& workers) -> Task<void> {
    const auto here = std::this_thread::get_id();
    const auto there = co_await run_on(workers, loop, [] { return std::this_thread::get_id(); });
    EXPECT_NE(here, there);
    EXPECT_TRUE(loop.in_loop());
    bool thrown = false;
    try {
      co_await run_on(workers, loop, [] { throw std::runtime_error("on purpose"); });
    } catch (const std::runtime_error&) {
      thrown = true;
    }
    EXPECT_TRUE(thrown);
  }(loop_, pool));
}

}  // namespace
}  // namespace qd::base
