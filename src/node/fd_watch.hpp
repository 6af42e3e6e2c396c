// One descriptor on a loop: tells when it can be read or written. Internal to node/.
#pragma once

#include <functional>
#include <memory>

#include "base/event_loop.hpp"
#include "node/spawn.hpp"

namespace qd::node {

// Used on the loop's thread. Owns the descriptor. After its destructor no callback runs.
class FdWatch {
 public:
  FdWatch(base::EventLoop& loop, Fd descriptor);
  ~FdWatch();
  FdWatch(const FdWatch&) = delete;
  FdWatch& operator=(const FdWatch&) = delete;

  int fd() const;
  // Calls back once when it can be read or written, or has failed. While one is awaited, another call replaces it.
  void when_readable(std::function<void()> ready);
  void when_writable(std::function<void()> ready);
  Fd release();  // gives it back: no callback runs any more

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace qd::node
