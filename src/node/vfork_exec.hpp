// Starting a program the way posix_spawn does, with less around it: no stack is mapped and unmapped for each (which
// interrupts every other processor that runs a thread of ours), and only the signals that need it are reset.
#pragma once

#include <sys/types.h>

namespace qd::node {

// Pointers are read until the program runs.
struct ChildSetup {
  const char* program;        // a path
  char* const* arguments;     // ends with null
  char* const* environment;   // ends with null
  const char* folder;         // null: ours
  int input, output, errors;  // become 0, 1 and 2; `input` -1: /dev/null
};

struct Child {
  int error = 0;  // an errno: nothing runs
  pid_t pid = -1;
  int pidfd = -1;
};

// The child leads a session of its own and has no other open file, no blocked and no ignored signal. The calling thread
// stands still until its program runs, or cannot. Thread-safe.
Child vfork_exec(const ChildSetup& setup);

}  // namespace qd::node
