// The thread that ticks the scheduler: when something is due, when it is told to, and now and then.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "schedule/scheduler.hpp"

namespace qd::schedule {

class SchedulerLoop {
 public:
  struct Hooks {
    std::function<bool()> passive;
    std::function<void()> fenced = {};         // this incarnation was declared dead; may be empty
    std::function<void(UnixMillis)> now = {};  // the database's clock, at every tick; may be empty
  };
  SchedulerLoop(Scheduler& scheduler, Hooks hooks);
  ~SchedulerLoop();
  SchedulerLoop(const SchedulerLoop&) = delete;
  SchedulerLoop& operator=(const SchedulerLoop&) = delete;

  void start();
  void stop() noexcept;  // returns when no tick runs any more
  void poke();           // something may have become due: ticks at once. Thread-safe.

  struct Stats {
    std::uint64_t ticks = 0, fires = 0;
  };
  Stats stats() const { return {ticks_, fires_}; }

 private:
  void run();
  Millis tick();  // the pause until the next one

  Scheduler& scheduler_;
  const Hooks hooks_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  bool poked_ = false;
  Millis trouble_{0};  // the pause after the last failure
  std::atomic<std::uint64_t> ticks_{0}, fires_{0};
  std::thread thread_;
};

}  // namespace qd::schedule
