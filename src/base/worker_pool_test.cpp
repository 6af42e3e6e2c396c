#include "base/worker_pool.hpp"

#include <atomic>
#include <future>
#include <gtest/gtest.h>
#include <latch>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

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

// Threads are called one by one, by each other. None of the work may be left lying when they fall asleep meanwhile.
TEST(WorkerPool, LeavesNothingLyingWhileItsThreadsFallAsleep) {
  WorkerPool pool("pool", 4, 100'000);
  std::atomic<int> done{0};
  for (int round = 0; round < 2000; ++round) {
    std::latch all(3);
    for (int i = 0; i < 3; ++i) {
      pool.post([&] {
        ++done;
        all.count_down();
      });
      if (round % 3 == 0) std::this_thread::yield();
    }
    all.wait();
  }
  EXPECT_EQ(done, 6000);
}

TEST(WorkerPool, ShortWorkIsDoneByFewThreads) {
  WorkerPool pool("pool", 16, 100'000);
  std::mutex mutex;
  std::set<std::thread::id> threads;
  for (int i = 0; i < 50; ++i) {
    std::latch one(1);
    pool.post([&] {
      const std::lock_guard lock(mutex);
      threads.insert(std::this_thread::get_id());
      one.count_down();
    });
    one.wait();
  }
  pool.stop();
  EXPECT_LE(threads.size(), 3u);  // the last one is asleep again, or is just about to be
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
