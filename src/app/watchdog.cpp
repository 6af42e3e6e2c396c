#include "app/watchdog.hpp"

#include <pthread.h>

#include "base/text.hpp"

namespace qd::app {

// Which parts have not answered yet. A part is asked again only after it answered.
struct Watchdog::Signs {
  explicit Signs(std::size_t parts) : awaited(parts, false) {}

  std::mutex mutex;
  std::condition_variable changed;
  std::vector<bool> awaited;
  bool stopped = false;
};

Watchdog::Watchdog(Duties duties, Millis pause, Millis patience)
    : duties_(std::move(duties)),
      pause_(pause),
      patience_(patience),
      signs_(std::make_shared<Signs>(duties_.parts.size())) {}

Watchdog::~Watchdog() {
  stop();
}

void Watchdog::start() {
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "watchdog");
    watch();
  });
}

void Watchdog::stop() noexcept {
  {
    const std::lock_guard lock(signs_->mutex);
    signs_->stopped = true;
  }
  signs_->changed.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Watchdog::watch() {
  while (round()) {
    duties_.alive();
    std::unique_lock lock(signs_->mutex);
    if (signs_->changed.wait_for(lock, pause_, [this] { return signs_->stopped; })) return;
  }
}

bool Watchdog::round() {
  for (std::size_t i = 0; i < duties_.parts.size(); ++i) {
    {
      const std::lock_guard lock(signs_->mutex);
      if (signs_->awaited[i]) continue;
      signs_->awaited[i] = true;
    }
    duties_.parts[i].ask([signs = signs_, i] {
      {
        const std::lock_guard lock(signs->mutex);
        signs->awaited[i] = false;
      }
      signs->changed.notify_all();
    });
  }
  const bool database_answers = duties_.database_answers();
  std::unique_lock lock(signs_->mutex);
  const auto decided = [&] { return signs_->stopped || silent_parts(database_answers).empty(); };
  if (!signs_->changed.wait_for(lock, patience_, decided)) {
    const std::string silent = silent_parts(database_answers);
    lock.unlock();
    duties_.complain(silent);
    lock.lock();
    signs_->changed.wait(lock, decided);
  }
  return !signs_->stopped;
}

// With the lock held.
std::string Watchdog::silent_parts(bool database_answers) const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < duties_.parts.size(); ++i) {
    const bool excused = duties_.parts[i].waits_for_database && !database_answers;
    if (signs_->awaited[i] && !excused) names.push_back(duties_.parts[i].name);
  }
  return base::join(names, ", ");
}

}  // namespace qd::app
