// The executors and file copiers that this server has, by the names that nodes and projects call them.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "app/config.hpp"
#include "base/event_loop.hpp"
#include "base/worker_pool.hpp"
#include "node/node_services.hpp"

namespace qd::app {

class NodeProviders {
 public:
  // `environment`: for every local command.
  NodeProviders(const Config& config, base::EventLoop& loop, base::WorkerPool& pool,
                std::map<std::string, std::string> environment);
  ~NodeProviders();

  node::NodeServices& services();
  void start();
  void stop() noexcept;  // when no execution runs any more

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace qd::app
