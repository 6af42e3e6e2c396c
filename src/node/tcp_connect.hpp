// A name to a connected socket, with a limit on all of it. Internal to node/.
#pragma once

#include <chrono>
#include <utility>

#include "base/cancel.hpp"
#include "base/task.hpp"
#include "base/worker_pool.hpp"
#include "node/fd_watch.hpp"
#include "node/ssh_target.hpp"

namespace qd::node {

// How long something may still take: until its limit passed, or it was cancelled.
class Attempt {
 public:
  Attempt(Millis limit, base::CancelToken cancel)
      : limit_(limit), end_(std::chrono::steady_clock::now() + limit), cancel_(std::move(cancel)) {}

  Millis left() const;  // at least 1 ms while not over
  bool over() const { return cancel_.cancelled() || std::chrono::steady_clock::now() >= end_; }
  // Why it is over. `stage` ends a sentence that began with the host: "did not answer".
  Error why(const SshHop& hop, const std::string& stage) const;
  const base::CancelToken& cancel() const { return cancel_; }
  // Time that passed for reasons of our own does not count.
  void extend(std::chrono::steady_clock::duration more) { end_ += more; }

 private:
  Millis limit_;
  std::chrono::steady_clock::time_point end_;
  base::CancelToken cancel_;
};

// Connects to the first address of the host that answers. Runs on `loop`; names are looked up on `pool`, which one that
// hangs may keep busy. The socket is non-blocking and sends at once (no delay).
base::Task<Result<Fd>> tcp_connect(base::EventLoop& loop, base::WorkerPool& pool, SshHop hop, std::string bind_address,
                                   const Attempt& attempt);

// Waits until the descriptor can be read (or written), at most `limit`. False: it did not come to it.
base::Task<bool> wait_ready(base::EventLoop& loop, FdWatch& watch, bool write, Millis limit, base::CancelToken cancel);

}  // namespace qd::node
