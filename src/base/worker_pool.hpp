// A bounded pool of threads for calls that block: SQL, files, spawning, password hashes.
#pragma once

#include <coroutine>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "base/event_loop.hpp"

namespace qd::base {

// Thread-safe. Threads are started when work first needs them.
class WorkerPool {
 public:
  using Work = std::function<void()>;

  // At most `threads` threads and `max_queued` waiting pieces of work.
  WorkerPool(std::string name, std::size_t threads, std::size_t max_queued);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False when the queue is full or the pool is stopped; the work is then not taken.
  [[nodiscard]] bool try_post(Work work);
  // Takes the work whatever the queue's length: for the continuation of something already admitted.
  void post(Work work);
  // Runs what is queued, then joins. Work posted later is dropped.
  void stop() noexcept;
  std::size_t queued() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// auto v = co_await run_on(pool, loop, [&] { return blocking(); });
// Runs `work` on the pool and continues on the loop's thread. Exceptions of `work` are thrown to the awaiter.
template <class Work>
auto run_on(WorkerPool& pool, EventLoop& loop, Work work) {
  using Value = std::invoke_result_t<Work&>;
  struct Awaiter {
    WorkerPool& pool;
    EventLoop& loop;
    Work work;
    std::conditional_t<std::is_void_v<Value>, char, std::optional<Value>> value{};
    std::exception_ptr failure{};

    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> awaiter) {
      pool.post([this, awaiter] {
        try {
          if constexpr (std::is_void_v<Value>) {
            work();
          } else {
            value.emplace(work());
          }
        } catch (...) {
          failure = std::current_exception();
        }
        loop.post([awaiter] { awaiter.resume(); });
      });
    }
    Value await_resume() {
      if (failure) std::rethrow_exception(failure);
      if constexpr (!std::is_void_v<Value>) return std::move(*value);
    }
  };
  return Awaiter{pool, loop, std::move(work)};
}

}  // namespace qd::base
