#include "node/ssh_transport.hpp"

#include <algorithm>
#include <csignal>
#include <functional>
#include <future>
#include <thread>

#include "node/ssh_failure.hpp"

namespace qd::node {
namespace {

// As a shell would tell it.
int code_of_signal(const std::string& name) {
  static const std::map<std::string, int> signals{
      {"HUP", SIGHUP},   {"INT", SIGINT},   {"QUIT", SIGQUIT}, {"ILL", SIGILL},   {"ABRT", SIGABRT},
      {"FPE", SIGFPE},   {"KILL", SIGKILL}, {"SEGV", SIGSEGV}, {"PIPE", SIGPIPE}, {"ALRM", SIGALRM},
      {"TERM", SIGTERM}, {"USR1", SIGUSR1}, {"USR2", SIGUSR2}};
  const auto found = signals.find(name);
  return 128 + (found == signals.end() ? 0 : found->second);
}

constexpr int kLastLooks = 50;
constexpr Millis kLastPause{10};

}  // namespace

struct SshTransport::Shard {
  Shard(const std::string& name, base::WorkerPool& helpers, SshKeys& keys, KnownHosts& known_hosts, SshLimits limits)
      : loop(name), pool(loop, helpers, keys, known_hosts, limits) {}

  template <class Work>
  auto ask(Work work) {
    auto answer = std::make_shared<std::promise<decltype(work())>>();
    auto future = answer->get_future();
    loop.post([answer, work] { answer->set_value(work()); });
    return future.get();
  }

  base::EventLoop loop;
  SshPool pool;
  bool started = false;
};

SshTransport::SshTransport(SshConfig config)
    : config_(std::move(config)), helpers_("ssh-helper", config_.helpers, 100'000) {
  for (std::size_t i = 0; i < std::max<std::size_t>(1, config_.threads); ++i) {
    shards_.push_back(
        std::make_unique<Shard>("ssh-" + std::to_string(i), helpers_, keys_, known_hosts_, config_.limits));
  }
}

SshTransport::~SshTransport() {
  stop();
}

void SshTransport::start() {
  for (auto& shard : shards_) {
    shard->loop.start();
    shard->started = true;
  }
}

void SshTransport::stop() noexcept {
  for (auto& shard : shards_) {
    if (!std::exchange(shard->started, false)) continue;
    // A connection that goes through a jump host ends a moment before the one that carries it.
    for (int look = 0; look < kLastLooks; ++look) {
      const auto left = shard->ask([pool = &shard->pool] {
        pool->close_idle();
        return pool->connections();
      });
      if (left == 0) break;
      std::this_thread::sleep_for(kLastPause);
    }
    shard->loop.stop();
  }
  helpers_.stop();
}

SshPool& SshTransport::pool_of(const SshTarget& target) {
  const auto place = target.node.host + ":" + std::to_string(target.node.port);
  return shards_[std::hash<std::string>()(place) % shards_.size()]->pool;
}

std::size_t SshTransport::connections() {
  std::size_t all = 0;
  for (auto& shard : shards_) {
    if (shard->started) all += shard->ask([pool = &shard->pool] { return pool->connections(); });
  }
  return all;
}

base::Task<Result<SshPlan>> plan_aside(SshTransport& transport, base::EventLoop& home, const ExecContext& ctx,
                                       const model::Node& node, std::string command) {
  auto planning = base::run_on(transport.helpers(), home,
                               [&] { return plan_ssh(ctx, node, command, transport.config().defaults); });
  co_return co_await planning;
}

NodeResult result_of_ssh(const SshExit& exit, const SshPlan& plan, const base::CancelToken& cancel) {
  const auto& hop = plan.target.node;
  using End = SshExit::End;
  switch (exit.end) {
    case End::exited:
      if (exit.code == 0) return NodeResult::ok();
      return NodeResult::failure(reason::non_zero,
                                 "Remote command failed with exit status " + std::to_string(exit.code), exit.code);
    case End::signalled:
      return NodeResult::failure(reason::non_zero,
                                 "Remote command failed with exit status " +
                                     std::to_string(code_of_signal(exit.signal)) + ": it was ended by signal " +
                                     exit.signal,
                                 code_of_signal(exit.signal));
    case End::refused:
      return result_of_error(ssh_failure::protocol(hop, "it did not start the command (" + exit.message + ")"));
    case End::lost:
      return result_of_error(ssh_failure::no_connection(
          hop, "it broke " + std::string(exit.started ? "while the command ran (" : "before the command started (") +
                   exit.message + ")"));
    case End::silent:
      return NodeResult::failure(reason::timeout, hop.host + " port " + std::to_string(hop.port) +
                                                      " does not answer any more; the connection was dropped. "
                                                      "ssh-config-ServerAliveInterval and ServerAliveCountMax say how "
                                                      "long a node may be silent.");
    case End::timed_out:
      return NodeResult::failure(reason::timeout, "Execution Timeout period exceeded (after " +
                                                      std::to_string(plan.command_timeout.count()) +
                                                      "ms), connection dropped. ssh-command-timeout sets the limit.");
    case End::failed_talk:
      return NodeResult::failure(reason::authentication, exit.message);
    case End::cancelled:
      break;
  }
  return result_of_cancel(cancel);
}

}  // namespace qd::node
