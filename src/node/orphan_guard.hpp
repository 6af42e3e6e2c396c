// Ends processes whose server died: nothing that a member started survives it.
//
// Every child carries the mark NAME=value in its environment. A guard process (a small shell, in a session of its own)
// waits until our end of a pipe closes, however we end, and then kills the process group of everything that carries the
// mark. It costs the start of a command nothing. start() does the same once for what an earlier run left, should its
// guard have been killed too. A process that wiped its environment is reached through its group as long as one member
// of the group kept it.
#pragma once

#include <map>
#include <string>

#include "base/result.hpp"

namespace qd::node {

// Thread-compatible. Blocks for some ten milliseconds in start().
class OrphanGuard {
 public:
  // `identity` names this member and stays the same over its restarts: letters, digits, '-', '_' and '.' only.
  explicit OrphanGuard(std::string identity);
  ~OrphanGuard();
  OrphanGuard(const OrphanGuard&) = delete;
  OrphanGuard& operator=(const OrphanGuard&) = delete;

  // Ends what an earlier run left, then starts the guard. Before the first command is run.
  Result<> start();
  // Lets the guard go: it ends everything that still carries the mark, then itself. Waits for it, 10 s at most.
  void stop() noexcept;

  // For LocalConfig::environment.
  std::map<std::string, std::string> environment() const;

 private:
  std::string identity_;
  int pipe_ = -1;
  int guard_ = -1;
};

}  // namespace qd::node
