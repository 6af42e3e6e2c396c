#include "base/event_loop.hpp"

#include <array>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <mutex>
#include <optional>
#include <pthread.h>
#include <sys/epoll.h>
#include <thread>
#include <unordered_map>
#include <utility>

#include "base/logging.hpp"
#include "base/work_context.hpp"

namespace qd::base {
namespace asio = boost::asio;

struct EventLoop::Impl {
  // With the work that it belongs to.
  struct Posted {
    Callback callback;
    WorkContextPtr work = current_work();
  };
  struct Timer {
    Posted posted;
    std::optional<asio::steady_timer> clock;
  };

  explicit Impl(std::string loop_name) : name(std::move(loop_name)) {}

  // Runs what was posted up to now; what the callbacks post themselves waits for the next round.
  void drain() {
    std::deque<Posted> batch;
    {
      const std::lock_guard lock(mutex);
      batch.swap(posted);
      drain_scheduled = false;
    }
    for (auto& one : batch) {
      if (io.stopped()) return;
      run(one);
    }
  }

  void run(const Posted& one) const {
    const WorkScope scope(one.work);
    try {
      one.callback();
    } catch (const std::exception& error) {
      log_error("base", "a callback of the loop '" + name + "' failed and was given up: " + error.what());
    }
  }

  // ---- descriptors ----

  WatchId watch(int descriptor, Callback ready) {
    if (poller < 0 && !open_poller()) return 0;
    const WatchId id = ++last_watch;
    epoll_event what{};
    what.events = EPOLLIN | EPOLLET;
    what.data.u64 = id;
    if (epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &what) != 0) return 0;
    watches.emplace(id, std::make_shared<Posted>(Posted{std::move(ready)}));
    return id;
  }

  // One descriptor of Asio's that stands for all of ours: it changes its own list of them three times for each.
  bool open_poller() {
    poller = epoll_create1(EPOLL_CLOEXEC);
    if (poller < 0) return false;
    polled.emplace(io, poller);
    await_ready();
    return true;
  }

  void await_ready() {
    polled->async_wait(asio::posix::stream_descriptor::wait_read, [this](const boost::system::error_code& error) {
      if (error) return;
      std::array<epoll_event, 128> events{};
      const int count = epoll_wait(poller, events.data(), static_cast<int>(events.size()), 0);
      for (int i = 0; i < count; ++i) {
        // It may be gone by now. Of a closed descriptor, a child that is just being spawned holds a copy for a while.
        const auto found = watches.find(events[static_cast<std::size_t>(i)].data.u64);
        if (found == watches.end()) continue;
        const auto ready = found->second;  // which may end its own watch
        run(*ready);
      }
      await_ready();
    });
  }

  void arm(TimerId id, std::chrono::steady_clock::time_point due) {
    const std::lock_guard lock(mutex);
    const auto found = timers.find(id);
    if (found == timers.end()) return;
    auto& clock = found->second.clock.emplace(io, due);
    clock.async_wait([this, id](const boost::system::error_code& error) {
      if (!error) fire(id);
    });
  }

  void fire(TimerId id) {
    Timer timer;
    {
      const std::lock_guard lock(mutex);
      auto node = timers.extract(id);
      if (node.empty()) return;
      timer = std::move(node.mapped());
    }
    run(timer.posted);
  }

  const std::string name;
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> work = asio::make_work_guard(io);
  std::thread thread;
  std::atomic<std::thread::id> thread_id{};
  std::atomic<TimerId> last_timer{0};

  // On the loop's thread only.
  int poller = -1;
  std::optional<asio::posix::stream_descriptor> polled;  // owns the poller
  WatchId last_watch = 0;
  std::unordered_map<WatchId, std::shared_ptr<Posted>> watches;

  std::mutex mutex;  // guards what follows
  std::deque<Posted> posted;
  bool drain_scheduled = false;
  bool stopped = false;
  std::unordered_map<TimerId, Timer> timers;
};

EventLoop::EventLoop(std::string name) : impl_(std::make_unique<Impl>(std::move(name))) {}

EventLoop::~EventLoop() {
  stop();
}

void EventLoop::start() {
  impl_->thread = std::thread([this] {
    impl_->thread_id = std::this_thread::get_id();
    pthread_setname_np(pthread_self(), impl_->name.substr(0, 15).c_str());
    while (!impl_->io.stopped()) {
      try {
        impl_->io.run();
      } catch (const std::exception& error) {
        log_error("base", "an I/O handler of the loop '" + impl_->name + "' failed and was given up: " + error.what());
      }
    }
  });
}

void EventLoop::stop() noexcept {
  impl_->io.stop();
  if (impl_->thread.joinable()) impl_->thread.join();
  impl_->thread_id = std::thread::id();
  std::deque<Impl::Posted> posted;
  std::unordered_map<TimerId, Impl::Timer> timers;
  const auto watches = std::exchange(impl_->watches, {});  // nobody else uses them now
  const std::lock_guard lock(impl_->mutex);
  impl_->stopped = true;
  posted.swap(impl_->posted);
  timers.swap(impl_->timers);
}

void EventLoop::post(Callback callback) {
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->stopped) return;
    impl_->posted.push_back({std::move(callback)});
    if (std::exchange(impl_->drain_scheduled, true)) return;
  }
  asio::post(impl_->io, [impl = impl_.get()] { impl->drain(); });
}

EventLoop::TimerId EventLoop::after(Millis delay, Callback callback) {
  const auto due = std::chrono::steady_clock::now() + delay;
  const TimerId id = ++impl_->last_timer;
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->stopped) return id;
    impl_->timers.emplace(id, Impl::Timer{{std::move(callback)}, std::nullopt});
  }
  if (in_loop()) {
    impl_->arm(id, due);
  } else {
    asio::post(impl_->io, [impl = impl_.get(), id, due] { impl->arm(id, due); });
  }
  return id;
}

void EventLoop::cancel(TimerId timer) {
  Impl::Timer dropped;  // its callback may own things whose destructors come back here
  const std::lock_guard lock(impl_->mutex);
  auto node = impl_->timers.extract(timer);
  if (!node.empty()) dropped = std::move(node.mapped());
}

EventLoop::WatchId EventLoop::watch(int descriptor, Callback ready) {
  return impl_->watch(descriptor, std::move(ready));
}

void EventLoop::unwatch(WatchId watch) {
  const auto dropped = impl_->watches.extract(watch);  // its callback may own things whose destructors come back here
}

bool EventLoop::in_loop() const {
  return impl_->thread_id.load() == std::this_thread::get_id();
}

asio::io_context& EventLoop::io() {
  return impl_->io;
}

}  // namespace qd::base
