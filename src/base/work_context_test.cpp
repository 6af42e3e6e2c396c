#include "base/work_context.hpp"

#include <future>
#include <gtest/gtest.h>

#include "base/async_event.hpp"
#include "base/event_loop.hpp"
#include "base/worker_pool.hpp"

namespace qd::base {
namespace {

std::string request_now() {
  return work_now().request;
}

struct WorkContextTest : testing::Test {
  void SetUp() override { loop.start(); }
  void TearDown() override {
    pool.stop();
    loop.stop();
  }
  EventLoop loop{"test"};
  WorkerPool pool{"test", 2, 100};
};

Task<void> wander(EventLoop& loop, WorkerPool& pool, AsyncEvent& event, std::vector<std::string>& seen,
                  std::promise<void>& done) {
  seen.push_back(request_now());
  co_await loop.sleep(Millis{1});
  seen.push_back(request_now());
  auto on_pool = co_await run_on(pool, loop, [] { return request_now(); });
  seen.push_back(on_pool);
  seen.push_back(request_now());
  co_await event.wait();
  seen.push_back(request_now());
  co_await event.wait_for(Millis{1});
  seen.push_back(request_now());
  done.set_value();
}

TEST_F(WorkContextTest, FollowsACoroutineWhereverItGoes) {
  AsyncEvent first(loop), second(loop);
  std::vector<std::string> one, two;
  std::promise<void> one_done, two_done;
  std::string between = "?";
  {
    const WorkScope scope(WorkContext{"one", 0, {}});
    loop.post([&] { spawn(wander(loop, pool, first, one, one_done)); });
  }
  loop.post([&] { between = request_now(); });
  {
    const WorkScope scope(WorkContext{"two", 0, {}});
    loop.post([&] { spawn(wander(loop, pool, second, two, two_done)); });
    EXPECT_EQ(request_now(), "two");
  }
  EXPECT_EQ(request_now(), "");
  {
    const WorkScope scope(WorkContext{"who sets the event", 0, {}});
    first.set();
    second.set();
  }
  one_done.get_future().wait();
  two_done.get_future().wait();
  EXPECT_EQ(one, std::vector<std::string>(6, "one"));
  EXPECT_EQ(two, std::vector<std::string>(6, "two"));
  EXPECT_EQ(between, "");
}

TEST_F(WorkContextTest, ScopesNest) {
  const WorkScope outer(WorkContext{"request", 0, {}});
  {
    auto work = work_now();
    work.execution = 7;
    const WorkScope inner(work);
    EXPECT_EQ(work_now().request, "request");
    EXPECT_EQ(work_now().execution, 7);
  }
  EXPECT_EQ(work_now().execution, 0);
}

}  // namespace
}  // namespace qd::base
