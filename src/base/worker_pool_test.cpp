#include "base/worker_pool.hpp"

#include <atomic>
#include <future>
#include <gtest/gtest.h>
#include <latch>
#include <memory>
#include <stdexcept>

namespace qd::base {
namespace {

using namespace std::chrono_literals;

TEST(WorkerPool, RunsAtMostItsThreadsAtOnce) {
  WorkerPool pool("pool", 3, 1000);
  std::latch all_busy(3);
  std::promise<void> go;
  auto may_go = go.get_future().share();
  std::atomic<int> now{0}, most{0}, done{0};
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(pool.try_post([&, i] {
      const int at_once = ++now;
      int seen = most;
      while (at_once > seen && !most.compare_exchange_weak(seen, at_once)) {
      }
      if (i < 3) all_busy.arrive_and_wait();  // proves that three run at once
      may_go.wait();
      --now;
      ++done;
    }));
  }
  all_busy.wait();
  go.set_value();
  pool.stop();
  EXPECT_EQ(most, 3);
  EXPECT_EQ(done, 50);
}

TEST(WorkerPool, TakesAtOnceWhatItsThreadsWillRun) {
  for (int round = 0; round < 50; ++round) {
    WorkerPool pool("pool", 3, 1);
    std::promise<void> go;
    const auto gone = go.get_future().share();
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(pool.try_post([gone] { gone.wait(); })) << i;  // three run, one waits
    EXPECT_FALSE(pool.try_post([] {}));
    go.set_value();
    pool.stop();
  }
}

TEST(WorkerPool, RefusesWhenTheQueueIsFullButTakesContinuations) {
  WorkerPool pool("pool", 1, 2);
  std::promise<void> go, started;
  pool.post([&] {
    started.set_value();
    go.get_future().wait();
  });
  started.get_future().wait();
  std::atomic<int> done{0};
  EXPECT_TRUE(pool.try_post([&] { ++done; }));
  EXPECT_TRUE(pool.try_post([&] { ++done; }));
  EXPECT_FALSE(pool.try_post([&] { ++done; }));
  EXPECT_EQ(pool.queued(), 2u);
  pool.post([&] { ++done; });
  EXPECT_EQ(pool.queued(), 3u);
  go.set_value();
  pool.stop();
  EXPECT_EQ(done, 3);
  EXPECT_FALSE(pool.try_post([&] { ++done; }));
  pool.post([&] { ++done; });
  pool.stop();
  EXPECT_EQ(done, 3);
}

TEST(WorkerPool, AFailureOfOnePieceLeavesTheOthers) {
  WorkerPool pool("pool", 1, 10);
  std::promise<void> done;
  pool.post([] { throw std::runtime_error("on purpose"); });
  pool.post([&] { done.set_value(); });
  EXPECT_EQ(done.get_future().wait_for(10s), std::future_status::ready);
}

// What a piece of work holds may use the pool when it is destroyed: the pool must hold no lock then.
TEST(WorkerPool, DropsWhatWorkHoldsWithoutItsLock) {
  WorkerPool pool("pool", 1, 10);
  std::promise<std::size_t> dropped;
  std::shared_ptr<int> held(new int(0), [&](int* value) {
    delete value;
    dropped.set_value(pool.queued());
  });
  pool.post([held] {});
  held.reset();
  EXPECT_EQ(dropped.get_future().wait_for(10s), std::future_status::ready);
}

}  // namespace
}  // namespace qd::base
