// Which processes belong to a command, its descendants in other process groups included. Internal to node/.
#pragma once

#include <chrono>
#include <memory>
#include <sys/types.h>
#include <vector>

namespace qd::node {

struct ProcessInfo {
  pid_t pid = 0;
  pid_t parent = 0;
  pid_t group = 0;
  pid_t session = 0;
  bool zombie = false;
  unsigned long long started = 0;  // clock ticks since boot: with the pid it names a process for good

  bool operator==(const ProcessInfo&) const = default;
};

using ProcessTable = std::vector<ProcessInfo>;

// Every process of the machine, read from /proc not before `not_before`. Blocks for milliseconds; callers at the same
// time share one reading. Thread-safe.
std::shared_ptr<const ProcessTable> process_table(std::chrono::steady_clock::time_point not_before);

// The live processes of the session and group that `leader` leads, and everything that descends from them.
std::vector<ProcessInfo> members_of(const ProcessTable& table, pid_t leader);

// Sends `signal` to each that is still the same process.
void signal_each(const std::vector<ProcessInfo>& processes, int signal);

}  // namespace qd::node
