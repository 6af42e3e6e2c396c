// What a workflow costs of its own: many simulated nodes, an executor that does nothing, a real database and log.
//
//   dispatch_bench [NODES [STEPS [THREADS]]]
//
// Prints, for each strategy, the CPU and wall time per node-step and how much the process grew; and how long the state
// and the log of the execution took to read while it ran.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/resource.h>
#include <thread>

#include "engine/launcher.hpp"
#include "log/reader.hpp"
#include "node/stub_executor.hpp"

namespace {

using namespace qd;
using Seconds = std::chrono::duration<double>;

class SimulatedNodes final : public engine::NodeSource {
 public:
  explicit SimulatedNodes(std::size_t count) {
    std::vector<model::Node> nodes;
    for (std::size_t i = 0; i < count; ++i) {
      model::Node node;
      node.name = "node-" + std::to_string(i);
      node.attributes = {{"hostname", node.name + ".example"}, {"osFamily", "unix"}, {"username", "deploy"}};
      node.tags = {"simulated"};
      nodes.push_back(std::move(node));
    }
    nodes_ = std::make_shared<model::NodeSet>(std::move(nodes));
  }
  model::Nodes nodes(const std::string&) override { return nodes_; }

 private:
  model::Nodes nodes_;
};

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

double resident_mb() {
  std::ifstream file("/proc/self/statm");
  double all = 0, resident = 0;
  file >> all >> resident;
  return resident * 4096 / 1e6;
}

model::Job job_of(const std::string& strategy, int steps, int threads) {
  model::Job job;
  job.uuid = "bench-" + strategy;
  job.project = "p";
  job.name = strategy;
  job.multiple_executions = true;
  job.workflow.strategy = strategy;
  for (int i = 0; i < steps; ++i) {
    model::Step step;
    step.action = model::CommandStep{"echo ${node.name} " + std::to_string(i)};
    job.workflow.steps.push_back(std::move(step));
  }
  job.node_filters.emplace();
  job.node_filters->filter = "tags: simulated";
  job.node_filters->dispatch.threadcount = std::to_string(threads);
  return job;
}

struct Reads {
  double longest_state = 0, longest_log = 0;
  int count = 0;
};

// Reads state and log as the API does while the execution runs.
Reads read_while_running(engine::Launcher& launcher, const model::Execution& execution, const std::string& root) {
  Reads reads;
  while (!launcher.wait_finished(execution.id, Millis{100})) {
    auto began = std::chrono::steady_clock::now();
    const auto state = launcher.live_state(execution.id);
    reads.longest_state = std::max(reads.longest_state, Seconds(std::chrono::steady_clock::now() - began).count());
    began = std::chrono::steady_clock::now();
    log::ReadRequest request;
    request.last_lines = 20;
    (void)log::read_log(root + "/" + execution.log_path, request);
    reads.longest_log = std::max(reads.longest_log, Seconds(std::chrono::steady_clock::now() - began).count());
    reads.count += state ? 1 : 0;
  }
  return reads;
}

void run(engine::Launcher& launcher, const std::string& root, const std::string& strategy, int nodes, int steps,
         int threads) {
  engine::RunRequest request;
  request.job = job_of(strategy, steps, threads);
  request.user = "bench";
  const auto memory = resident_mb(), cpu = cpu_seconds();
  const auto began = std::chrono::steady_clock::now();
  const auto started = launcher.launch(std::move(request));
  if (!started) {
    std::printf("%s: %s\n", strategy.c_str(), started.error().message.c_str());
    std::exit(1);
  }
  const auto reads = read_while_running(launcher, *started, root);
  const auto wall = Seconds(std::chrono::steady_clock::now() - began).count();
  const auto used = cpu_seconds() - cpu;
  const double node_steps = static_cast<double>(nodes) * steps;
  std::printf(
      "%-11s %6d nodes x %d steps, %5d at once: %6.1f us CPU and %6.1f us wall per node-step, +%.0f MB "
      "(%.1f kB per node); %d reads meanwhile, state %.0f ms, log %.0f ms at most\n",
      strategy.c_str(), nodes, steps, threads, 1e6 * used / node_steps, 1e6 * wall / node_steps, resident_mb() - memory,
      1e3 * (resident_mb() - memory) / nodes, reads.count, 1e3 * reads.longest_state, 1e3 * reads.longest_log);
}

}  // namespace

int main(int argc, char** argv) {
  const auto number = [&](int index, int fallback) { return argc > index ? std::atoi(argv[index]) : fallback; };
  const int nodes = number(1, 10'000), steps = number(2, 3), threads = number(3, 100);
  std::string folder = (std::filesystem::temp_directory_path() / "qd-dispatch-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return 1;
  store::DatabaseConfig database_config;
  database_config.url = "sqlite:" + folder + "/bench.db";
  auto database = store::Database::open(database_config).value();
  store::ExecutionStore executions(*database);
  store::JobStore jobs(*database);
  store::ProjectStore projects(*database);
  store::UploadStore uploads(*database);
  projects.create({"p", {}, 0});
  base::EventLoop loop("bench");
  base::WorkerPool pool("bench", 4, 10'000);
  loop.start();
  node::StubExecutor executor;
  SimulatedNodes source(static_cast<std::size_t>(nodes));
  log::LogHub hub;
  SystemClock clock;
  {
    engine::LauncherConfig config;
    config.server_uuid = "bench";
    config.incarnation = 1;
    config.log_root = folder + "/logs";
    config.server_url = "http://localhost";
    config.server_node.name = "server";
    engine::Launcher launcher(
        engine::LauncherParts{
            loop, pool, *database, executions, jobs, projects, uploads, executor, source, hub, clock, {}, {}},
        config);
    launcher.start();
    for (const char* strategy : {"node-first", "sequential", "parallel"}) {
      run(launcher, config.log_root, strategy, nodes, steps, threads);
    }
    launcher.stop(Millis{0});
  }
  loop.stop();
  pool.stop();
  database.reset();
  std::filesystem::remove_all(folder);
}
