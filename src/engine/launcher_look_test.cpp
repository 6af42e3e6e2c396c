// When a member looks for what waits for it: nobody who asks is forgotten.
#include <future>
#include <gtest/gtest.h>
#include <thread>

#include "engine/engine_fixture_testing.hpp"
#include "engine/launcher.hpp"
#include "engine/look_gate.hpp"

namespace qd::engine {
namespace {

// Far less than the pause between two looks without a cause, which is 10 s.
constexpr std::chrono::seconds kSoon{8};

TEST(LookGateTest, WhoeverLooksIsToldThatAnotherAsked) {
  LookGate gate;
  EXPECT_TRUE(gate.enter());
  EXPECT_FALSE(gate.enter());
  EXPECT_FALSE(gate.enter());
  EXPECT_TRUE(gate.leave());
  EXPECT_FALSE(gate.leave());
  EXPECT_TRUE(gate.enter());
  EXPECT_FALSE(gate.leave());
}

TEST(LookGateTest, NothingThatWasAskedForIsNeverLookedAt) {
  constexpr int kAskers = 4, kTimes = 20'000;
  LookGate gate;
  std::atomic<int> asked{0}, looking{0};
  std::atomic<int> seen{0};
  {
    std::vector<std::jthread> askers;
    for (int i = 0; i < kAskers; ++i) {
      askers.emplace_back([&] {
        for (int n = 0; n < kTimes; ++n) {
          ++asked;
          if (!gate.enter()) continue;
          do {
            if (++looking > 1) ADD_FAILURE() << "two look at once";
            seen = asked.load();
            --looking;
          } while (gate.leave());
        }
      });
    }
  }
  EXPECT_EQ(seen, kAskers * kTimes);
}

// Throws once for each arm(), as a broken invariant does, at the read after so many others. Calls `after_try` once, at
// the first read after a statement that changes something.
class BrokenDatabase final : public store::Database {
 public:
  explicit BrokenDatabase(std::unique_ptr<store::Database> behind) : behind_(std::move(behind)) {}
  void arm(int reads) { left_ = reads; }
  bool armed() const { return left_ >= 0; }
  store::Dialect dialect() const override { return behind_->dialect(); }
  PoolStats pool_stats() const override { return behind_->pool_stats(); }
  void transact(const std::function<void(store::Session&)>& use) override { behind_->transact(use); }
  void run(const std::function<void(store::Session&)>& use, bool read_only) override {
    if (read_only) ++reads;
    if (!read_only) tried_ = true;
    if (read_only && tried_ && after_try) std::exchange(after_try, nullptr)();
    if (read_only && left_ >= 0 && left_-- == 0) throw std::runtime_error("a column has no number");
    behind_->run(use, read_only);
  }
  void when_tried(std::function<void()> use) {
    tried_ = false;
    after_try = std::move(use);
  }
  std::atomic<int> reads{0};

 private:
  std::unique_ptr<store::Database> behind_;
  std::function<void()> after_try;  // set while nothing looks
  std::atomic<bool> tried_{false};
  std::atomic<int> left_{-1};
};

class LauncherLookTest : public EngineTest {
 protected:
  LauncherLookTest() {
    broken = wrap_database<BrokenDatabase>();
    job = job_of("j", {command("echo ran")});
    save(job);
  }

  model::ExecutionId queued(const std::string& uuid, JsonObject extra = {}) {
    model::Execution waiting;
    waiting.uuid = uuid;
    waiting.project = "p";
    waiting.job_uuid = job.uuid;
    waiting.user = "u";
    waiting.status = "queued";
    waiting.scheduled_for = clock.now();
    waiting.server_uuid = "member-1";
    waiting.log_path = uuid + ".rdlog";
    waiting.extra = std::move(extra);
    return executions->create(waiting);
  }

  void expect_soon(model::ExecutionId id) {
    const auto before = std::chrono::steady_clock::now();
    EXPECT_EQ(wait_for_status(id, "succeeded").status, "succeeded");
    EXPECT_LT(std::chrono::steady_clock::now() - before, kSoon);
  }

  BrokenDatabase* broken;
  model::Job job;
};

TEST_F(LauncherLookTest, WhatWaitedForAPassiveMemberStartsWhenItIsActive) {
  open();
  launcher->set_mode(Launcher::Mode::passive);
  const auto id = queued("waiting-1");
  launcher->set_mode(Launcher::Mode::active);
  expect_soon(id);
}

TEST_F(LauncherLookTest, ALookThatIsDueNowIsNotPutOff) {
  open();
  const auto id = queued("waiting-1");
  // Both are asked for while the loop is busy: to look now, and to look when the other one is due, in an hour.
  std::promise<void> busy;
  loop.post([done = busy.get_future().share()] { done.wait(); });
  launcher->look_now();
  auto later = request_for(job);
  later.run_at = clock.now() + 3'600'000;
  EXPECT_TRUE(launcher->launch(later).has_value());
  busy.set_value();
  expect_soon(id);
}

TEST_F(LauncherLookTest, ALookThatFailsIsNotTheLast) {
  open();
  broken->arm(0);
  const auto id = queued("waiting-1");
  launcher->look_now();
  await([&] { return !broken->armed(); });
  expect_soon(id);
}

TEST_F(LauncherLookTest, WhatCannotBeStartedKeepsNothingElseWaiting) {
  open();
  const auto first = queued("waiting-1");
  const auto second = queued("waiting-2");
  broken->arm(2);  // what is due, what is queued, and then: the job of the first
  launcher->look_now();
  expect_soon(second);
  EXPECT_FALSE(broken->armed());
  expect_soon(first);
}

TEST_F(LauncherLookTest, TheFirstOfAQueueStaysTheFirstWhenRoomComesAfterTheTry) {
  job = job_of("single", {command("echo ran")});
  job.multiple_executions = false;
  job.extra["jobQueue"] = JsonObject{{"enabled", true}};
  save(job);
  open();
  launcher->set_mode(Launcher::Mode::passive);
  model::Execution other;
  other.uuid = "running-1";
  other.project = "p";
  other.job_uuid = job.uuid;
  other.user = "u";
  other.status = "running";
  other.started = clock.now();
  other.server_uuid = "another";
  executions->create(other);
  const auto first = queued("waiting-1");
  const auto second = queued("waiting-2");
  broken->when_tried([&] { EXPECT_EQ(executions->close_orphans("another", 1, clock.now()), 1); });
  launcher->set_mode(Launcher::Mode::active);
  expect_soon(second);
  EXPECT_EQ(executions->find(first)->status, "succeeded");
  EXPECT_LE(*executions->find(first)->ended, *executions->find(second)->started);
}

TEST_F(LauncherLookTest, WhatWaitsForItsJobIsNotLookedForAllTheTime) {
  auto slow = job_of("slow", {command("sleep 60")});
  slow.multiple_executions = false;
  slow.extra["jobQueue"] = JsonObject{{"enabled", true}};
  save(slow);
  open();
  const auto first = launcher->launch(request_for(slow));
  ASSERT_TRUE(first.has_value());
  const auto second = launcher->launch(request_for(slow));
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->status, "queued");
  broken->reads = 0;
  std::this_thread::sleep_for(std::chrono::seconds(2));
  EXPECT_LT(broken->reads, 40);  // a look a second, of a few reads
  launcher->abort(first->id, "ann");
  wait_for_status(second->id, "running");
}

TEST_F(LauncherLookTest, TheLongQueueOfOneJobHidesNoOtherJob) {
  auto slow = job_of("slow", {command("sleep 60")});
  slow.multiple_executions = false;
  slow.extra["jobQueue"] = JsonObject{{"enabled", true}};
  save(slow);
  const auto quick = std::exchange(job, slow);
  for (int i = 0; i < 450; ++i) queued("slow-" + std::to_string(i));
  job = quick;
  const auto id = queued("quick");
  open();
  launcher->look_now();
  expect_soon(id);
}

TEST_F(LauncherLookTest, WhatThisMemberMayNotStartHidesNothingLater) {
  for (int i = 0; i < 450; ++i) queued("sealed-" + std::to_string(i), {{"sealed", true}});  // of secrets not known here
  const auto id = queued("quick");
  open();
  launcher->look_now();
  expect_soon(id);
}

TEST_F(LauncherLookTest, AnExecutionWhoseJobCannotBeReadFailsAndSaysSo) {
  auto other = job_of("k", {command("echo other")});
  save(other);
  open();
  database->execute("UPDATE job SET definition = '{' WHERE uuid = ?", {job.uuid});
  const auto id = queued("waiting-1");
  job = other;
  const auto next = queued("waiting-2");
  launcher->look_now();
  expect_soon(next);
  const auto row = wait_for_status(id, "failed");
  EXPECT_NE(errors(row).find("cannot be read"), std::string::npos) << errors(row);
}

}  // namespace
}  // namespace qd::engine
