// The thread that ticks the scheduler: when something is due, when it is told to, and now and then.
#pragma once

#include <atomic>
#include <functional>

#include "base/repeating_thread.hpp"
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

  void start() { thread_.start(); }
  void stop() noexcept { thread_.stop(); }  // returns when no tick runs any more
  void poke() { thread_.poke(); }           // something may have become due: ticks at once. Thread-safe.

  struct Stats {
    std::uint64_t ticks = 0, fires = 0;
  };
  Stats stats() const { return {ticks_, fires_}; }

 private:
  Millis tick();  // the pause until the next one

  Scheduler& scheduler_;
  const Hooks hooks_;
  Millis trouble_{0};  // the pause after the last failure
  std::atomic<std::uint64_t> ticks_{0}, fires_{0};
  base::RepeatingThread thread_;
};

}  // namespace qd::schedule
