// Starting one process, without watching it. Internal to node/.
#pragma once

#include <sys/types.h>
#include <utility>

#include "base/result.hpp"
#include "node/process.hpp"

namespace qd::node {

// An open descriptor, closed with its owner.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept;
  ~Fd();
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

struct Spawned {
  pid_t pid = -1;
  Fd pidfd;  // readable once the process has ended
  Fd out;    // non-blocking read ends of its output
  Fd err;
};

// Blocks until the program runs, about a millisecond. Thread-safe.
Result<Spawned> spawn_process(const ProcessSpec& spec);

// Returns when no spawn that began before this call is under way. Until its program runs, a child holds copies of our
// open files, also those that were closed since; a script that somebody has open for writing cannot be executed.
// Thread-safe.
void wait_for_spawns_under_way();

}  // namespace qd::node
