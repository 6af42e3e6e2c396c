// qd_simulate: histories of a cluster on virtual time, each from a seed; says which broke a promise.
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>

#include "base/logging.hpp"

#include "history.hpp"

namespace {

constexpr std::size_t kMostShown = 5;  // violations of one history
constexpr const char* kUsage =
    "qd_simulate [--seeds N] [--first S] [--trace] [--broken-claim]\n"
    "  --seeds N        histories to run, from seeds S, S+1, … (default 1000)\n"
    "  --first S        the first seed (default 1); --seeds 1 --first S --trace shows one history\n"
    "  --broken-claim   without the unique key of fires; succeeds when that is found, within these seeds\n";

}  // namespace

int main(int count, char** words) {
  std::uint64_t seeds = 1000, first = 1;
  qd::simulation::HistoryOptions options;
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    const bool more = i + 1 < count;
    if (word == "--seeds" && more) {
      seeds = std::strtoull(words[++i], nullptr, 10);
    } else if (word == "--first" && more) {
      first = std::strtoull(words[++i], nullptr, 10);
    } else if (word == "--trace") {
      options.trace = true;
    } else if (word == "--broken-claim") {
      options.broken_claim = true;
    } else {
      std::cerr << kUsage;
      return 2;
    }
  }
  qd::base::init_logging(options.trace ? qd::base::LogLevel::info : qd::base::LogLevel::none, "");
  const auto begin = std::chrono::steady_clock::now();
  qd::simulation::HistoryReport sum;
  std::uint64_t bad = 0;
  for (auto seed = first; seed < first + seeds; ++seed) {
    options.seed = seed;
    const auto report = qd::simulation::run_history(options);
    for (std::size_t i = 0; i < report.violations.size() && i < kMostShown; ++i)
      std::cout << "seed " << seed << ": " << report.violations[i] << "\n";
    if (!report.violations.empty()) ++bad;
    sum.fires += report.fires, sum.started += report.started, sum.late += report.late;
    sum.missed += report.missed, sum.skipped += report.skipped, sum.kills += report.kills;
    sum.pauses += report.pauses, sum.cuts += report.cuts, sum.restarts += report.restarts;
    sum.takeovers += report.takeovers, sum.recovered += report.recovered, sum.fenced += report.fenced;
    sum.statements += report.statements;
    if (options.broken_claim && bad > 0) {
      std::cout << "the broken claim was found after " << (seed - first + 1) << " histories\n";
      return 0;
    }
  }
  const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  std::cout << seeds << " histories in " << seconds << " s, " << bad << " with a broken promise\n"
            << "fires " << sum.fires << " (fired " << sum.started << ", late " << sum.late << ", missed " << sum.missed
            << ", skipped " << sum.skipped << "), kills " << sum.kills << ", pauses " << sum.pauses << ", cuts "
            << sum.cuts << ", database restarts " << sum.restarts << ", takeovers " << sum.takeovers
            << ", executions recovered " << sum.recovered << ", lives fenced " << sum.fenced << ", statements "
            << sum.statements << "\n";
  return options.broken_claim || bad > 0 ? 1 : 0;
}
