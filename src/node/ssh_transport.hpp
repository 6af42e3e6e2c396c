// SSH for the executor and the copier: its threads, its kept connections, its keys.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "node/executor.hpp"
#include "node/ssh_plan.hpp"
#include "node/ssh_pool.hpp"
#include "node/ssh_run.hpp"

namespace qd::node {

struct SshConfig {
  SshDefaults defaults;
  SshLimits limits;
  SshRunRules rules;
  std::size_t threads = 1;  // each with connections of its own; one drives some hundred new ones a second
  std::size_t helpers = 8;  // for names, key files and agents, any of which may hang
};

// Thread-safe but for start() and stop().
class SshTransport {
 public:
  explicit SshTransport(SshConfig config);
  ~SshTransport();
  SshTransport(const SshTransport&) = delete;
  SshTransport& operator=(const SshTransport&) = delete;

  void start();
  void stop() noexcept;  // when nothing uses it any more; closes what is kept

  const SshConfig& config() const { return config_; }
  SshPool& pool_of(const SshTarget& target);
  base::WorkerPool& helpers() { return helpers_; }
  std::size_t connections();  // open now; for tests and figures

 private:
  struct Shard;
  SshConfig config_;
  base::WorkerPool helpers_;
  SshKeys keys_;
  KnownHosts known_hosts_;
  std::vector<std::unique_ptr<Shard>> shards_;
};

// Plans with the helpers' threads; returns on `home`.
base::Task<Result<SshPlan>> plan_aside(SshTransport& transport, base::EventLoop& home, const ExecContext& ctx,
                                       const model::Node& node, std::string command);

// A failure of a connection or of a channel, as a result.
NodeResult result_of_ssh(const SshExit& exit, const SshPlan& plan, const base::CancelToken& cancel);

}  // namespace qd::node
