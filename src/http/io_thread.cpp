#include "http/io_thread.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <signal.h>

#include "http/connection.hpp"

namespace qd::http {

namespace {

constexpr std::size_t kScratchBytes = 64 << 10;

// SIGPIPE from TLS writes must not end the process, and signals for the process are other threads' business.
void block_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace

IoThread::IoThread(std::chrono::milliseconds sweep)
    : work_(boost::asio::make_work_guard(context_)), timer_(context_), sweep_(sweep), scratch_(kScratchBytes) {}

IoThread::~IoThread() {
  stop();
}

void IoThread::start() {
  sweep_later();
  thread_ = std::thread([this] { run(); });
}

void IoThread::run() {
  block_signals();
  context_.run();
}

void IoThread::stop() noexcept {
  {
    const std::lock_guard lock(mutex_);
    accepting_ = false;
  }
  if (!thread_.joinable()) return;
  boost::asio::post(context_, [this] {
    for (const auto& connection : connections()) connection->terminate();
    stopped_ = true;  // cancelling does not reach a timer that has fired already
    timer_.cancel();
    work_.reset();
  });
  thread_.join();
}

void IoThread::post(std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  if (accepting_) boost::asio::post(context_, std::move(work));
}

void IoThread::wake(std::weak_ptr<Connection> streaming) {
  const std::lock_guard lock(mutex_);
  if (!accepting_) return;
  woken_.push_back(std::move(streaming));
  if (woken_.size() == 1) boost::asio::post(context_, [this] { pump_woken(); });
}

void IoThread::pump_woken() {
  std::vector<std::weak_ptr<Connection>> woken;
  {
    const std::lock_guard lock(mutex_);
    woken.swap(woken_);
  }
  for (const auto& one : woken) {
    if (const auto connection = one.lock()) connection->pump_stream();
  }
}

void IoThread::sweep_later() {
  timer_.expires_after(sweep_);
  timer_.async_wait([this](boost::system::error_code error) {
    if (error || stopped_) return;
    const auto now = std::chrono::steady_clock::now();
    std::vector<std::shared_ptr<Connection>> late;
    for (const auto& connection : connections_) {
      if (connection->is_late(now)) late.push_back(connection);
    }
    for (const auto& connection : late) connection->time_is_up();
    sweep_later();
  });
}

}  // namespace qd::http
