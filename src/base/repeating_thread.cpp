#include "base/repeating_thread.hpp"

#include <pthread.h>

namespace qd::base {

RepeatingThread::RepeatingThread(std::string name, std::function<Millis()> once)
    : name_(std::move(name)), once_(std::move(once)) {}

RepeatingThread::~RepeatingThread() {
  stop();
}

void RepeatingThread::start() {
  const std::lock_guard lock(mutex_);
  if (thread_.joinable()) return;
  stopping_ = false;
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), name_.c_str());
    run();
  });
}

void RepeatingThread::stop() noexcept {
  std::thread ending;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    ending = std::move(thread_);
  }
  changed_.notify_all();
  if (ending.joinable()) ending.join();
}

void RepeatingThread::poke() {
  {
    const std::lock_guard lock(mutex_);
    poked_ = true;
  }
  changed_.notify_all();
}

bool RepeatingThread::stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

bool RepeatingThread::running() const {
  const std::lock_guard lock(mutex_);
  return thread_.joinable() && !stopping_;
}

void RepeatingThread::run() {
  for (;;) {
    const auto pause = once_();
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, pause, [this] { return stopping_ || poked_; });
    if (stopping_) return;
    poked_ = false;
  }
}

}  // namespace qd::base
