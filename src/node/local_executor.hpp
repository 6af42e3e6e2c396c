// Runs commands and scripts on this machine.
#pragma once

#include <string>

#include "base/event_loop.hpp"
#include "base/worker_pool.hpp"
#include "node/executor.hpp"
#include "node/process.hpp"

namespace qd::node {

struct LocalConfig {
  std::string temp_directory = "/tmp";  // of scripts; must exist
  Millis grace{2000};                   // see ProcessSpec
  Millis drain{1000};
  std::map<std::string, std::string> environment;  // for every command, e.g. the mark of node/orphan_guard.hpp
};

class LocalFileCopier final : public FileCopier {
 public:
  LocalFileCopier(base::EventLoop& loop, base::WorkerPool& pool, LocalConfig config);
  base::Task<Result<std::string>> copy_content(const ExecContext& ctx, const model::Node& node, std::string content,
                                               std::string destination, std::string extension) override;
  base::Task<Result<>> remove(const ExecContext& ctx, const model::Node& node, std::string path) override;
  base::Task<Result<>> copy_file(const ExecContext& ctx, const model::Node& node, std::string source,
                                 std::string destination) override;
  base::Task<Result<>> make_folder(const ExecContext& ctx, const model::Node& node, std::string path) override;

 private:
  base::EventLoop& loop_;
  base::WorkerPool& pool_;
  LocalConfig config_;
};

// Commands run as `/bin/sh -c command`; scripts lie in a temporary file (mode 0700) while they run.
class LocalExecutor final : public NodeExecutor {
 public:
  LocalExecutor(base::EventLoop& loop, base::WorkerPool& pool, LocalConfig config);
  base::Task<NodeResult> execute(const ExecContext& ctx, const model::Node& node, std::string command) override;
  base::Task<NodeResult> execute_script(const ExecContext& ctx, const model::Node& node, ScriptRun script) override;

 private:
  base::EventLoop& loop_;
  base::WorkerPool& pool_;
  LocalConfig config_;
  LocalFileCopier copier_;
};

}  // namespace qd::node
