#include "history.hpp"

#include <gtest/gtest.h>

#include "base/logging.hpp"

namespace qd::simulation {
namespace {

constexpr std::uint64_t kCleanSeeds = 40;  // `./dev simulate` runs many more
constexpr std::uint64_t kBrokenSeeds = 100;

class HistoryTest : public ::testing::Test {
 protected:
  HistoryTest() { base::init_logging(base::LogLevel::none, ""); }
};

TEST_F(HistoryTest, PromisesHoldUnderFaults) {
  HistoryReport sum;
  for (std::uint64_t seed = 1; seed <= kCleanSeeds; ++seed) {
    const auto report = run_history({.seed = seed});
    for (const auto& broken : report.violations) ADD_FAILURE() << "seed " << seed << ": " << broken;
    sum.kills += report.kills;
    sum.pauses += report.pauses;
    sum.cuts += report.cuts;
    sum.restarts += report.restarts;
    sum.takeovers += report.takeovers;
    sum.recovered += report.recovered;
    sum.fenced += report.fenced;
    sum.forwarded += report.forwarded;
    sum.queued += report.queued;
    sum.taken_back += report.taken_back;
  }
  // Every fault and every way out of one took place.
  for (const auto count : {sum.kills, sum.pauses, sum.cuts, sum.restarts, sum.takeovers, sum.recovered, sum.fenced,
                           sum.forwarded, sum.queued, sum.taken_back}) {
    EXPECT_GT(count, 0u);
  }
}

TEST_F(HistoryTest, AClaimWithoutItsKeyIsFound) {
  std::uint64_t found = 0;
  for (std::uint64_t seed = 1; seed <= kBrokenSeeds && found == 0; ++seed) {
    if (!run_history({.seed = seed, .broken_claim = true}).violations.empty()) found = seed;
  }
  EXPECT_NE(found, 0u);
}

TEST_F(HistoryTest, ASeedTellsTheSameHistoryAgain) {
  const auto first = run_history({.seed = 7});
  const auto second = run_history({.seed = 7});
  EXPECT_EQ(first.statements, second.statements);
  EXPECT_EQ(first.ledger, second.ledger);
  EXPECT_EQ(first.forwarded, second.forwarded);
}

}  // namespace
}  // namespace qd::simulation
