// The threads of this process, as /proc tells of them.
#pragma once

#include <string>
#include <vector>

namespace qd::base {

struct ThreadFacts {
  int id = 0;
  std::string name;
  std::string state;       // "running", "sleeping", "waiting for a disk", …
  double cpu_seconds = 0;  // since its start
};

std::vector<ThreadFacts> list_threads();  // by id

}  // namespace qd::base
