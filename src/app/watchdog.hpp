// Says "alive" as long as every part of this process proves it, and nothing when one does not: a blind timer would
// vouch for a process that serves nobody.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.hpp"

namespace qd::app {

// A part with a thread of its own.
class Watchdog {
 public:
  // One part, and how to ask it for a sign of life: `ask` calls `answer` once, soon, from any thread; never, when the
  // part hangs. It does not block.
  struct Part {
    std::string name;  // as the log tells of it
    std::function<void(std::function<void()> answer)> ask;
    bool waits_for_database = false;
  };
  struct Duties {
    std::vector<Part> parts;
    // Does the database answer? It blocks no longer than the database's time limits. False is an answer, too: a
    // database that is down gets well without this process ending, and so do the parts that wait for it.
    std::function<bool()> database_answers;
    std::function<void()> alive;                                    // called after every round that proved life
    std::function<void(const std::string& silent_parts)> complain;  // once in a round that takes longer than `patience`
  };

  Watchdog(Duties duties, Millis pause, Millis patience);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  void start();
  // After it returns neither `alive` nor `complain` is called any more. Parts may still answer later.
  void stop() noexcept;

 private:
  struct Signs;
  void watch();
  bool round();  // false: stopped meanwhile
  std::string silent_parts(bool database_answers) const;

  const Duties duties_;
  const Millis pause_, patience_;
  const std::shared_ptr<Signs> signs_;  // parts that hang may outlive this object
  std::thread thread_;
};

}  // namespace qd::app
