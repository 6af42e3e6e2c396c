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

  void work_on() {
    std::unique_lock lock(mutex);
    while (true) {
      ++idle;
      wake.wait(lock, [this] { return stopped || !queue.empty(); });
      --idle;
      if (queue.empty()) return;
      Queued next = std::move(queue.front());
      queue.pop_front();
      ++busy;
      lock.unlock();
      run(next);
      next = {};  // what it holds may take locks, or this one
      lock.lock();
      --busy;
    }
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
    if (queue.size() > idle && threads.size() < max_threads) {
      threads.emplace_back([this] {
        pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
        work_on();
      });
    } else {
      wake.notify_one();
    }
  }

  std::string name;
  std::size_t max_threads = 1;
  std::size_t max_queued = 0;

  mutable std::mutex mutex;  // guards what follows
  std::condition_variable wake;
  std::deque<Queued> queue;
  std::vector<std::thread> threads;
  std::size_t idle = 0, busy = 0;
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
  }
  impl_->wake.notify_all();
  for (auto& thread : threads) thread.join();
}

std::size_t WorkerPool::queued() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->queue.size();
}

}  // namespace qd::base
