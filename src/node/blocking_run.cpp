#include "node/blocking_run.hpp"

#include <future>
#include <memory>

namespace qd::node {
namespace {

constexpr Millis kAskEvery{200};
constexpr Millis kEndGrace{15'000};

// Shared with the coroutine, which may outlive a caller that gave up.
struct Running {
  Running(ProcessSpec process, std::size_t most) : spec(std::move(process)), output(most) {}
  ProcessSpec spec;
  CollectOutput output;
  base::CancelSource cancel;
  ProcessResult result;
  std::promise<void> done;
};

base::Task<void> run_to_end(base::EventLoop& loop, base::WorkerPool& pool, std::shared_ptr<Running> running) {
  co_await loop.enter();
  auto process = run_process(loop, pool, running->spec, running->output, running->cancel.token());
  running->result = co_await std::move(process);
  running->done.set_value();
}

}  // namespace

CollectedRun run_blocking(base::EventLoop& loop, base::WorkerPool& pool, ProcessSpec spec, Millis limit,
                          std::size_t most_output, const std::function<bool()>& cancelled) {
  const auto running = std::make_shared<Running>(std::move(spec), most_output);
  auto done = running->done.get_future();
  auto task = run_to_end(loop, pool, running);
  base::spawn(std::move(task));
  const auto end = std::chrono::steady_clock::now() + limit;
  bool told = false;
  while (done.wait_for(kAskEvery) != std::future_status::ready) {
    const auto now = std::chrono::steady_clock::now();
    if (!told && (now >= end || (cancelled && cancelled()))) {
      told = true;
      loop.post([running] { running->cancel.cancel("it took too long"); });
    }
    // The loop ends the process in time; only when the whole server stops it does not.
    if (now >= end + kEndGrace) {
      CollectedRun lost;
      lost.process.error = "it did not end";
      return lost;
    }
  }
  return {std::move(running->result), std::move(running->output.out), std::move(running->output.err),
          running->output.cut};
}

}  // namespace qd::node
