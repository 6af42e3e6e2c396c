// A process that a worker thread waits for: for short runs whose output the server reads.
#pragma once

#include <functional>
#include <string>

#include "node/process.hpp"

namespace qd::node {

struct CollectedRun {
  ProcessResult process;
  std::string out, err;
  bool cut = false;  // there was more of it
};

// Runs it to its end, and keeps at most `most_output` bytes of each stream. For worker threads: blocks, while the loop
// runs. After `limit`, or when `cancelled` (may be empty, asked a few times a second) says so, it is ended.
CollectedRun run_blocking(base::EventLoop& loop, base::WorkerPool& pool, ProcessSpec spec, Millis limit,
                          std::size_t most_output, const std::function<bool()>& cancelled = {});

}  // namespace qd::node
