#include "app/watchdog.hpp"

#include <atomic>
#include <future>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace qd::app {
namespace {

using namespace std::chrono_literals;
constexpr auto kLimit = 10s;

// Duties whose calls a test can wait for.
struct Scene {
  Watchdog::Duties duties() {
    return {parts, [this] { return database_answers.load(); }, [this] { count(alive); },
            [this](const std::string& silent) {
              {
                const std::lock_guard lock(mutex);
                complaint = silent;
              }
              count(complaints);
            }};
  }
  void count(int& what) {
    {
      const std::lock_guard lock(mutex);
      ++what;
    }
    changed.notify_all();
  }
  bool reaches(const int& what, int wanted) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, kLimit, [&] { return what >= wanted; });
  }

  std::vector<Watchdog::Part> parts;
  std::atomic<bool> database_answers{true};
  std::mutex mutex;
  std::condition_variable changed;
  int alive = 0, complaints = 0;
  std::string complaint;
};

Watchdog::Part answering(const std::string& name) {
  return {name, [](const std::function<void()>& answer) { answer(); }, false};
}

// Keeps the question, so that the test can answer it.
Watchdog::Part hanging(const std::string& name, std::promise<std::function<void()>>& asked, bool waits_for_database) {
  return {name, [&asked](std::function<void()> answer) { asked.set_value(std::move(answer)); }, waits_for_database};
}

TEST(Watchdog, SaysAliveAsLongAsEveryPartAnswers) {
  Scene scene;
  scene.parts = {answering("loop"), answering("pool")};
  Watchdog watchdog(scene.duties(), 1ms, 10s);
  watchdog.start();
  EXPECT_TRUE(scene.reaches(scene.alive, 3));
  watchdog.stop();
  EXPECT_EQ(scene.complaints, 0);
}

TEST(Watchdog, SaysNothingWhileAPartHangsAndGoesOnWhenItAnswers) {
  Scene scene;
  std::promise<std::function<void()>> asked;
  scene.parts = {answering("loop"), hanging("pool", asked, false)};
  Watchdog watchdog(scene.duties(), 10s, 1ms);
  watchdog.start();
  EXPECT_TRUE(scene.reaches(scene.complaints, 1));
  EXPECT_EQ(scene.complaint, "pool");
  EXPECT_EQ(scene.alive, 0);
  asked.get_future().get()();
  EXPECT_TRUE(scene.reaches(scene.alive, 1));
}

TEST(Watchdog, ExcusesWhatWaitsForADatabaseThatIsDown) {
  Scene scene;
  std::promise<std::function<void()>> asked;
  scene.parts = {hanging("pool", asked, true)};
  scene.database_answers = false;
  Watchdog watchdog(scene.duties(), 1ms, 10s);
  watchdog.start();
  EXPECT_TRUE(scene.reaches(scene.alive, 3));  // it is asked once, or set_value() would throw
}

TEST(Watchdog, StopsWhileAPartHangsAndHearsItsLateAnswer) {
  Scene scene;
  std::promise<std::function<void()>> asked;
  scene.parts = {hanging("pool", asked, false)};
  {
    Watchdog watchdog(scene.duties(), 1ms, 1ms);
    watchdog.start();
    EXPECT_TRUE(scene.reaches(scene.complaints, 1));
  }
  asked.get_future().get()();
  EXPECT_EQ(scene.alive, 0);
}

}  // namespace
}  // namespace qd::app
