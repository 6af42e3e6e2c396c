// A thread that does one thing time and again, with pauses that a word from outside ends.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "base/clock.hpp"

namespace qd::base {

// Thread-safe, but for start() and stop() at the same time.
class RepeatingThread {
 public:
  // `once` says how long to pause after it, and must not throw. `name`: for list_threads(), at most 15 characters.
  RepeatingThread(std::string name, std::function<Millis()> once);
  ~RepeatingThread();
  RepeatingThread(const RepeatingThread&) = delete;
  RepeatingThread& operator=(const RepeatingThread&) = delete;

  void start();           // the first time comes at once. Without effect while it runs.
  void stop() noexcept;   // returns when `once` does not run any more; start() may follow
  void poke();            // ends the pause, or the next one when `once` runs just now
  bool stopping() const;  // stop() was called: for a `once` that takes long
  bool running() const;   // between start() and stop()

 private:
  void run();

  const std::string name_;
  const std::function<Millis()> once_;
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  bool stopping_ = false;
  bool poked_ = false;
  std::thread thread_;
};

}  // namespace qd::base
