// One I/O thread: its event loop, and the connections that live on it. Includes Asio: only for the server's own
// sources.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <unordered_set>
#include <vector>

namespace qd::http {

class Connection;

class IoThread {
 public:
  // Every `sweep` it asks its connections whether their time is up.
  explicit IoThread(std::chrono::milliseconds sweep);
  ~IoThread();
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  void start();
  // Closes what is left and joins. After it nothing runs and post() drops its work.
  void stop() noexcept;
  // Thread-safe. Work posted after stop() is dropped: it would keep connections alive that nobody serves.
  void post(std::function<void()> work);
  // Thread-safe. The connection's stream has something to send. Many that are woken at once cost one event of the loop.
  void wake(std::weak_ptr<Connection> streaming);

  // The rest is for the I/O thread itself.
  void add(std::shared_ptr<Connection> connection) { connections_.insert(std::move(connection)); }
  void remove(const std::shared_ptr<Connection>& connection) { connections_.erase(connection); }
  std::vector<std::shared_ptr<Connection>> connections() const { return {connections_.begin(), connections_.end()}; }
  std::span<char> scratch() { return scratch_; }  // to read into; what is kept is copied out before the next read
  boost::asio::io_context& context() { return context_; }

 private:
  void run();
  void sweep_later();
  void pump_woken();

  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::steady_timer timer_;
  const std::chrono::milliseconds sweep_;
  std::vector<char> scratch_;
  std::unordered_set<std::shared_ptr<Connection>> connections_;
  bool stopped_ = false;
  std::thread thread_;
  std::mutex mutex_;  // of the next two
  bool accepting_ = true;
  std::vector<std::weak_ptr<Connection>> woken_;
};

}  // namespace qd::http
