#include "base/worker_pool.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <pthread.h>
#include <thread>
#include <vector>

#include "base/logging.hpp"
#include "base/work_context.hpp"

namespace qd::base {

struct WorkerPool::Impl {
  // With what it belongs to.
  struct Queued {
    Work work;
    WorkContextPtr context = current_work();
  };

  // A thread that waits for work.
  struct Sleeper {
    std::condition_variable wake;
    bool called = false;
  };

  void work_on() {
    std::unique_lock lock(mutex);
    --called;  // it was started for something
    Sleeper self;
    while (true) {
      if (queue.empty()) {
        if (stopped) return;
        sleep(lock, self);
        continue;
      }
      Queued next = std::move(queue.front());
      queue.pop_front();
      call_another();  // for what is left: this thread may be long
      ++busy;
      lock.unlock();
      run(next);
      next = {};  // what it holds may take locks, or this one
      lock.lock();
      --busy;
    }
  }

  void sleep(std::unique_lock<std::mutex>& lock, Sleeper& self) {
    sleeping.push_back(&self);
    self.wake.wait(lock, [&] { return self.called; });
    self.called = false;
    --called;
  }

  // With the lock held. One thread at a time is on its way to the queue, and calls the next one itself when there is
  // more: short pieces of work are then done by few threads. The last to fall asleep is called first, as its memory is
  // still warm.
  void call_another() {
    if (queue.empty() || called > 0) return;
    if (!sleeping.empty()) {
      Sleeper* sleeper = sleeping.back();
      sleeping.pop_back();
      sleeper->called = true;
      sleeper->wake.notify_one();
    } else if (threads.size() < max_threads && !stopped) {
      threads.emplace_back([this] {
        pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
        work_on();
      });
    } else {
      return;
    }
    ++called;
  }

  void run(const Queued& queued) const {
    const WorkScope scope(queued.context);
    try {
      queued.work();
    } catch (const std::exception& error) {
      log_error("base", "work on the pool '" + name + "' failed and was given up: " + error.what());
    }
  }

  // With the lock held. Work that a free thread is about to take does not wait.
  bool full() const { return queue.size() >= max_queued + (max_threads - busy); }

  // With the lock held.
  void enqueue(Work work) {
    queue.push_back({std::move(work)});
    call_another();
  }

  std::string name;
  std::size_t max_threads = 1;
  std::size_t max_queued = 0;

  mutable std::mutex mutex;  // guards what follows
  std::deque<Queued> queue;
  std::vector<std::thread> threads;
  std::vector<Sleeper*> sleeping;
  std::size_t called = 0;  // threads that are on their way to the queue
  std::size_t busy = 0;
  bool stopped = false;
};

WorkerPool::WorkerPool(std::string name, std::size_t threads, std::size_t max_queued)
    : impl_(std::make_unique<Impl>()) {
  impl_->name = std::move(name);
  impl_->max_threads = std::max<std::size_t>(threads, 1);
  impl_->max_queued = max_queued;
}

WorkerPool::~WorkerPool() {
  stop();
}

bool WorkerPool::try_post(Work work) {
  const std::lock_guard lock(impl_->mutex);
  if (impl_->stopped || impl_->full()) return false;
  impl_->enqueue(std::move(work));
  return true;
}

void WorkerPool::post(Work work) {
  const std::lock_guard lock(impl_->mutex);
  if (!impl_->stopped) impl_->enqueue(std::move(work));
}

void WorkerPool::stop() noexcept {
  std::vector<std::thread> threads;
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopped = true;
    threads.swap(impl_->threads);
    for (auto* sleeper : std::exchange(impl_->sleeping, {})) {
      sleeper->called = true;
      sleeper->wake.notify_one();
      ++impl_->called;
    }
  }
  for (auto& thread : threads) thread.join();
}

std::size_t WorkerPool::queued() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->queue.size();
}

}  // namespace qd::base
