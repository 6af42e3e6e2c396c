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

void add(qd::simulation::HistoryReport& sum, const qd::simulation::HistoryReport& report) {
  auto& ledger = sum.ledger;
  ledger.fires += report.ledger.fires, ledger.started += report.ledger.started, ledger.late += report.ledger.late;
  ledger.missed += report.ledger.missed, ledger.skipped += report.ledger.skipped;
  sum.kills += report.kills, sum.pauses += report.pauses, sum.cuts += report.cuts, sum.restarts += report.restarts;
  sum.takeovers += report.takeovers, sum.recovered += report.recovered, sum.fenced += report.fenced;
  sum.forwarded += report.forwarded, sum.queued += report.queued, sum.taken_back += report.taken_back;
  sum.statements += report.statements;
}

void tell(const qd::simulation::HistoryReport& sum) {
  const auto& ledger = sum.ledger;
  std::cout << "fires " << ledger.fires << " (fired " << ledger.started << ", late " << ledger.late << ", missed "
            << ledger.missed << ", skipped " << ledger.skipped << "), forwarded " << sum.forwarded << " (taken back "
            << sum.taken_back << "), queued " << sum.queued << "\nkills " << sum.kills << ", pauses " << sum.pauses
            << ", cuts " << sum.cuts << ", database restarts " << sum.restarts << ", takeovers " << sum.takeovers
            << ", executions recovered " << sum.recovered << ", lives fenced " << sum.fenced << ", statements "
            << sum.statements << "\n";
}

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
    add(sum, report);
    if (options.broken_claim && bad > 0) {
      std::cout << "the broken claim was found after " << (seed - first + 1) << " histories\n";
      return 0;
    }
  }
  const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  std::cout << seeds << " histories in " << seconds << " s, " << bad << " with a broken promise\n";
  tell(sum);
  return options.broken_claim || bad > 0 ? 1 : 0;
}
