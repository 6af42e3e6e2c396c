// What is copied to a node: a text, or a file of the server that is read piece by piece. Internal to node/.
#pragma once

#include <cstdint>
#include <string>

#include "base/event_loop.hpp"
#include "base/result.hpp"
#include "base/task.hpp"
#include "base/worker_pool.hpp"
#include "node/spawn.hpp"

namespace qd::node {

class CopySource {
 public:
  static CopySource text(std::string text);
  static Result<CopySource> file(const std::string& path);  // blocks

  std::uint64_t size() const { return size_; }
  // The next piece, "" at the end; a file that shrank meanwhile is an error. Continues on `loop`.
  base::Task<Result<std::string>> next(base::WorkerPool& pool, base::EventLoop& loop);

 private:
  std::string text_;
  Fd file_;
  std::string path_;
  std::uint64_t size_ = 0;
  std::uint64_t at_ = 0;
};

}  // namespace qd::node
