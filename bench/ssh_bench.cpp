// The built-in SSH alone, without a server around it: one command on many nodes.
//
//   ssh_bench new|keep [ROUNDS]
//
// From the environment: FARM (a folder with id_ed25519 and known_hosts), HOSTS (a file of addresses), PORT, FANOUT, N,
// COMMAND. `keep` connects first, and tells what ROUNDS further commands on the kept connections take. Prints what the
// nodes say, then a line of figures for one round; ends with 1 when a node failed.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <future>
#include <pwd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/task_group.hpp"
#include "node/ssh_copier.hpp"
#include "node/ssh_executor.hpp"

namespace {

using namespace qd;

std::string setting(const char* name, const char* fallback) {
  const char* value = std::getenv(name);
  return value == nullptr ? fallback : value;
}

class Printer final : public node::OutputSink {
 public:
  void write(node::Stream, std::string_view chunk) override { std::fwrite(chunk.data(), 1, chunk.size(), stdout); }
};

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

struct Bench {
  base::EventLoop loop{"bench"};
  std::vector<model::Node> nodes;
  std::string command = setting("COMMAND", "echo hello");
  std::size_t fan_out = static_cast<std::size_t>(std::atoi(setting("FANOUT", "32").c_str()));
  std::map<std::string, std::string> settings;
  int failed = 0;
};

base::Task<void> run_one(Bench& bench, node::NodeExecutor& executor, const model::Node& node) {
  Printer printer;
  node::ExecContext ctx{printer, {}, {}, {}, "bench", "1"};
  ctx.settings = &bench.settings;
  auto running = executor.execute(ctx, node, bench.command);
  const auto result = co_await std::move(running);
  if (result.success) co_return;
  ++bench.failed;
  std::fprintf(stderr, "%s: %s: %s\n", node.name.c_str(), result.failure_reason.c_str(), result.message.c_str());
}

base::Task<void> run_all(Bench& bench, node::NodeExecutor& executor, std::promise<void>& done) {
  co_await bench.loop.enter();
  base::TaskGroup group(bench.loop, bench.fan_out);
  for (const auto& node : bench.nodes) group.add(run_one(bench, executor, node));
  auto joining = group.join();
  co_await std::move(joining);
  done.set_value();
}

void round_of(Bench& bench, node::NodeExecutor& executor) {
  std::promise<void> done;
  base::spawn(run_all(bench, executor, done));
  done.get_future().get();
}

}  // namespace

int main(int argc, char** argv) {
  const bool keep = argc > 1 && std::string(argv[1]) == "keep";
  const int rounds = keep && argc > 2 ? std::atoi(argv[2]) : 1;
  Bench bench;
  const auto farm = setting("FARM", ".");
  const passwd* user = getpwuid(getuid());
  bench.settings = {{"project.ssh-keypath", farm + "/id_ed25519"},
                    {"project.ssh.user", setting("SSH_USER", user == nullptr ? "root" : user->pw_name)},
                    {"project.ssh-config-StrictHostKeyChecking", "yes"},
                    {"project.ssh-connection-timeout", "120000"},
                    {"project.ssh-config-UserKnownHostsFile", farm + "/known_hosts"}};
  std::ifstream hosts(setting("HOSTS", (farm + "/hosts.txt").c_str()));
  const auto most = static_cast<std::size_t>(std::atoi(setting("N", "100000").c_str()));
  for (std::string host; bench.nodes.size() < most && std::getline(hosts, host);) {
    bench.nodes.push_back({host, {{"hostname", host + ":" + setting("PORT", "22022")}}, {}});
  }
  bench.loop.start();
  node::SshConfig config;
  config.threads = static_cast<std::size_t>(std::atoi(setting("THREADS", "1").c_str()));
  node::SshTransport transport(config);
  transport.start();
  node::SshCopier copier(bench.loop, transport);
  node::SshExecutor executor(bench.loop, transport, copier);
  if (keep) round_of(bench, executor);
  const double cpu = cpu_seconds();
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < rounds; ++i) round_of(bench, executor);
  const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count() / rounds;
  const double used = (cpu_seconds() - cpu) / rounds;
  std::printf("ssh_bench %s nodes=%zu rounds=%d failed=%d wall=%.4f cpu=%.4f ms_per_node=%.3f\n", keep ? "keep" : "new",
              bench.nodes.size(), rounds, bench.failed, wall, used,
              1000 * used / static_cast<double>(bench.nodes.size()));
  return bench.failed == 0 ? 0 : 1;
}
