// What file copiers have in common whose program copies files: a text goes to a file of this server first.
#pragma once

#include <string>

#include "base/event_loop.hpp"
#include "base/worker_pool.hpp"
#include "node/executor.hpp"
#include "node/local_executor.hpp"

namespace qd::node {

// A copy is not made executable and not removed: the node's executor does both by commands.
class ByFileCopier : public FileCopier {
 public:
  // `config` names the folder of the files.
  ByFileCopier(base::EventLoop& loop, base::WorkerPool& pool, LocalConfig config);
  base::Task<Result<std::string>> copy_content(const ExecContext& ctx, const model::Node& node, std::string content,
                                               std::string destination, std::string extension) final;
  base::Task<Result<>> remove(const ExecContext& ctx, const model::Node& node, std::string path) final;
  base::Task<Result<>> copy_file(const ExecContext& ctx, const model::Node& node, std::string source,
                                 std::string destination) final;
  bool self_sufficient() const final { return false; }

 protected:
  // Puts the server's `file` at `destination`, or where the copier sees fit when that is empty, and returns its path on
  // the node.
  virtual base::Task<Result<std::string>> copy(const ExecContext& ctx, const model::Node& node, std::string file,
                                               std::string destination) = 0;

 private:
  const std::string folder_;
  LocalFileCopier files_;
};

}  // namespace qd::node
