#include "node/fd_watch.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <utility>

namespace qd::node {

using WatchedDescriptor = boost::asio::posix::stream_descriptor;

struct FdWatch::Impl : std::enable_shared_from_this<FdWatch::Impl> {
  Impl(base::EventLoop& loop, Fd fd) : descriptor(loop.io(), fd.release()) {}

  void await(WatchedDescriptor::wait_type what, std::function<void()>& slot, std::function<void()> ready) {
    if (std::exchange(slot, std::move(ready))) return;
    descriptor.async_wait(what, [self = shared_from_this(), &slot](const auto& error) {
      auto call = std::exchange(slot, nullptr);
      if (!error && call) call();
    });
  }

  WatchedDescriptor descriptor;
  std::function<void()> on_readable, on_writable;
};

FdWatch::FdWatch(base::EventLoop& loop, Fd descriptor) : impl_(std::make_shared<Impl>(loop, std::move(descriptor))) {}

FdWatch::~FdWatch() {
  impl_->on_readable = nullptr;
  impl_->on_writable = nullptr;
  boost::system::error_code ignored;
  impl_->descriptor.close(ignored);
}

int FdWatch::fd() const {
  return impl_->descriptor.native_handle();
}

Fd FdWatch::release() {
  impl_->on_readable = nullptr;
  impl_->on_writable = nullptr;
  return Fd(impl_->descriptor.release());
}

void FdWatch::when_readable(std::function<void()> ready) {
  impl_->await(WatchedDescriptor::wait_read, impl_->on_readable, std::move(ready));
}

void FdWatch::when_writable(std::function<void()> ready) {
  impl_->await(WatchedDescriptor::wait_write, impl_->on_writable, std::move(ready));
}

}  // namespace qd::node
