// Many members in one thread, on virtual time.
//
// Each activity of a member is a fiber. Fibers take turns only where the simulation lets them: when they sleep, and
// around every statement that they send to the database. All chance comes from one seed, so a history can be run again.
#pragma once

#include <csetjmp>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace qd::simulation {

// Ends a fiber from inside: its process was killed. Not a std::exception, so that no code under test catches it.
struct Killed {};

class World;

// One process: its fibers are paused and killed together.
struct Process {
  std::string name;
  bool dead = false;
  UnixMillis paused_until = 0;
  UnixMillis unreachable_until = 0;  // the database, for it
  Millis skew{0};                    // of its own clock
};

class World {
 public:
  explicit World(std::uint64_t seed);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  UnixMillis now() const { return now_; }
  // A number in [0, below).
  std::uint64_t pick(std::uint64_t below) { return random_() % below; }
  bool chance(double probability) {
    return probability > 0 && std::uniform_real_distribution<>(0, 1)(random_) < probability;
  }
  std::mt19937_64& random() { return random_; }

  // `body` runs from `start` on, as part of `process`. Nothing may hold references to the stack of a fiber.
  void spawn(std::shared_ptr<Process> process, UnixMillis start, std::function<void()> body);
  // From inside a fiber: lets others run until `time` (or later). Throws Killed when the process was.
  void sleep_until(UnixMillis time);
  void sleep(Millis time) { sleep_until(now_ + time.count()); }
  // Calls `action` at `time`, outside of any fiber.
  void at(UnixMillis time, std::function<void()> action);

  // Runs everything up to `end`; rethrows what a fiber threw, but Killed.
  void run(UnixMillis end);
  // Every fiber of the process ends at its next turn.
  void kill(Process& process) { process.dead = true; }
  std::shared_ptr<Process> current() const;  // null outside of fibers

 private:
  struct Fiber;
  struct Event;
  static void enter(unsigned high, unsigned low);
  void resume(Fiber& fiber);
  std::unique_ptr<char[]> take_stack();
  void push(UnixMillis time, Fiber* fiber, std::function<void()> action);

  UnixMillis now_ = 1'800'000'000'000;
  std::mt19937_64 random_;
  std::vector<Event> events_;  // a heap
  std::uint64_t next_event_ = 0;
  std::vector<std::unique_ptr<Fiber>> fibers_;
  std::vector<std::unique_ptr<char[]>> spare_stacks_;
  Fiber* running_ = nullptr;
  std::jmp_buf outside_;  // where the world itself goes on
  std::exception_ptr failure_;
};

}  // namespace qd::simulation
