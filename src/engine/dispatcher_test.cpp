// Orchestrators, and how a dispatch paces its nodes.
#include "engine/dispatcher.hpp"

#include <future>
#include <gtest/gtest.h>
#include <set>

namespace qd::engine {
namespace {

std::vector<model::Node> nodes_with_ranks(const std::vector<std::string>& ranks) {
  std::vector<model::Node> nodes;
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    model::Node node;
    node.name = "n" + std::to_string(i);
    if (!ranks[i].empty()) node.attributes["rank"] = ranks[i];
    nodes.push_back(std::move(node));
  }
  return nodes;
}

NodeRefs refs_of(const std::vector<model::Node>& nodes) {
  NodeRefs refs;
  for (const auto& node : nodes) refs.push_back(&node);
  return refs;
}

std::string names_of(const std::vector<model::Node>& nodes) {
  std::string names;
  for (const auto& node : nodes) names += node.name + " ";
  return names;
}

std::string chosen(const std::string& type, JsonObject config, std::vector<model::Node> nodes,
                   const std::string& seed = "p/1/") {
  DispatchRule rule;
  const auto result = orchestrate(model::PluginUse{type, std::move(config)}, seed, nodes, rule);
  return result ? names_of(nodes) : result.error().message;
}

TEST(Orchestrators, ChooseNodes) {
  const auto nodes = nodes_with_ranks({"5", "10", "", "7"});
  EXPECT_EQ(chosen("orchestrator-highest-lowest-attribute", {{"attribute", "rank"}, {"sort", "highest"}}, nodes),
            "n1 ");
  EXPECT_EQ(chosen("orchestrator-highest-lowest-attribute", {{"attribute", "rank"}, {"sort", "lowest"}}, nodes), "n0 ");
  EXPECT_EQ(chosen("rankTiered", {}, nodes), "n0 n1 n2 n3 ");
  EXPECT_EQ(chosen("subset", {{"count", "9"}}, nodes), "n0 n1 n2 n3 ");
  EXPECT_EQ(chosen("subset", {{"count", "0"}}, nodes), "");
  EXPECT_NE(chosen("own", {}, nodes).find("'own' is not available"), std::string::npos);
  EXPECT_NE(chosen("subset", {{"count", "two"}}, nodes).find("needs a number as 'count'"), std::string::npos);
}

TEST(Orchestrators, ARandomSubsetDependsOnTheExecution) {
  const auto nodes = nodes_with_ranks(std::vector<std::string>(50));
  std::set<std::string> choices;
  for (int execution = 0; execution < 20; ++execution) {
    const auto seed = "p/" + std::to_string(execution) + "/";
    const auto choice = chosen("subset", {{"count", "3"}}, nodes, seed);
    EXPECT_EQ(std::ranges::count(choice, ' '), 3);
    EXPECT_EQ(chosen("subset", {{"count", "3"}}, nodes, seed), choice);
    choices.insert(choice);
  }
  EXPECT_GT(choices.size(), 10U);
}

TEST(Pacing, MaxPercentageLimitsThreads) {
  const auto nodes = nodes_with_ranks(std::vector<std::string>(10));
  const auto refs = refs_of(nodes);
  const auto limit = [&](double percent, std::size_t threads) {
    DispatchRule rule;
    rule.threads = threads;
    rule.percent = percent;
    const Pace pace(rule, refs);
    std::size_t running = 0;
    while (pace.may_start(running, running)) ++running;
    return running;
  };
  EXPECT_EQ(limit(33, 8), 3U);
  EXPECT_EQ(limit(100, 8), 8U);
  EXPECT_EQ(limit(1, 8), 1U);
  EXPECT_EQ(limit(50, 2), 2U);
}

class DispatcherTest : public testing::Test {
 protected:
  DispatcherTest() { loop_.start(); }
  ~DispatcherTest() override { loop_.stop(); }

  base::Task<bool> work(const model::Node& node) {
    ++running_;
    most_ = std::max(most_, running_);
    order_ += node.name + "( ";
    co_await loop_.sleep(Millis{1});
    order_ += ")" + node.name + " ";
    --running_;
    co_return node.name != failing_;
  }

  base::Task<void> dispatch(const DispatchRule& rule, const NodeRefs& nodes, std::promise<void>& ended) {
    Dispatcher dispatcher(loop_, rule, nodes, {}, [this](const model::Node& node) { return work(node); });
    auto running = dispatcher.run();
    co_await std::move(running);
    ended.set_value();
  }

  std::string run(const DispatchRule& rule, const std::vector<model::Node>& nodes) {
    order_.clear();
    most_ = 0;
    const auto refs = refs_of(nodes);
    std::promise<void> ended;
    loop_.post([&] { base::spawn(dispatch(rule, refs, ended)); });
    ended.get_future().wait();
    return order_;
  }

  base::EventLoop loop_{"dispatcher-test"};
  std::string order_, failing_;
  int running_ = 0, most_ = 0;
};

TEST_F(DispatcherTest, RunsOneAfterTheOther) {
  EXPECT_EQ(run({}, nodes_with_ranks({"", ""})), "n0( )n0 n1( )n1 ");
  EXPECT_EQ(run({}, {}), "");
}

TEST_F(DispatcherTest, RunsSoManyAtOnce) {
  DispatchRule rule;
  rule.threads = 3;
  run(rule, nodes_with_ranks(std::vector<std::string>(10)));
  EXPECT_EQ(most_, 3);
}

TEST_F(DispatcherTest, StopsAtAFailureUnlessItKeepsGoing) {
  failing_ = "n1";
  DispatchRule rule;
  EXPECT_EQ(run(rule, nodes_with_ranks({"", "", ""})), "n0( )n0 n1( )n1 ");
  rule.keepgoing = true;
  EXPECT_EQ(run(rule, nodes_with_ranks({"", "", ""})), "n0( )n0 n1( )n1 n2( )n2 ");
}

TEST_F(DispatcherTest, TiersWaitForEachOther) {
  DispatchRule rule;
  rule.threads = 9;
  rule.tiered = true;
  rule.rank_attribute = "rank";
  const auto order = run(rule, nodes_with_ranks({"1", "1", "2", "2"}));
  EXPECT_LT(std::max(order.find(")n0"), order.find(")n1")), std::min(order.find("n2("), order.find("n3(")));
  rule.rank_attribute.clear();  // each name is a tier
  EXPECT_EQ(run(rule, nodes_with_ranks({"1", "1"})), "n0( )n0 n1( )n1 ");
}

}  // namespace
}  // namespace qd::engine
