#include "cluster/remote_policy.hpp"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cluster/remote_policy_load.hpp"

namespace qd::cluster {
namespace {

using testing::HasSubstr;

constexpr int simulated_choices = 10'000;

Policy policy_of(const std::map<std::string, std::string>& short_keys) {
  std::map<std::string, std::string> full;
  for (const auto& [key, value] : short_keys) full["rundeck.clusterMode.remoteExecution." + key] = value;
  auto config = parse_policy_config(full);
  EXPECT_TRUE(config) << config.error().message;
  return config ? config->standard : Policy{};
}

// Members a, b, c, …; `a` is the one that chooses.
std::vector<Candidate> members_of(std::size_t count) {
  std::vector<Candidate> members(count);
  for (std::size_t i = 0; i < count; ++i) members[i].uuid = std::string(1, static_cast<char>('a' + i));
  return members;
}

using ChoiceCounts = std::map<std::string, int>;

ChoiceCounts simulate_choices(const Policy& policy, const std::vector<Candidate>& members) {
  RandomSource random(20261122);
  ChooserState state;
  ChoiceCounts counts;
  for (int i = 0; i < simulated_choices; ++i) ++counts[choose(policy, members, "a", random, state).uuid];
  return counts;
}

// Each count within 5 standard deviations of its share, nobody else chosen, and where the share is 0 or 1, exactly.
void expect_shares(const ChoiceCounts& counts, const std::map<std::string, double>& shares) {
  int seen = 0;
  for (const auto& [uuid, share] : shares) {
    const auto place = counts.find(uuid);
    const int count = place == counts.end() ? 0 : place->second;
    seen += count;
    EXPECT_NEAR(count, simulated_choices * share, 5 * std::sqrt(simulated_choices * share * (1 - share))) << uuid;
  }
  EXPECT_EQ(seen, simulated_choices);
}

Decision choose_once(const Policy& policy, const std::vector<Candidate>& members) {
  RandomSource random(1);
  ChooserState state;
  return choose(policy, members, "a", random, state);
}

TEST(RemotePolicy, NoneStaysHome) {
  auto members = members_of(3);
  members[0].active = false;
  expect_shares(simulate_choices(policy_of({}), members), {{"a", 1}});
}

TEST(RemotePolicy, RandomIsEven) {
  expect_shares(simulate_choices(policy_of({{"policy", "Random"}}), members_of(4)),
                {{"a", .25}, {"b", .25}, {"c", .25}, {"d", .25}});
  expect_shares(simulate_choices(policy_of({{"policy", "Random"}, {"config.allowed", "Other"}}), members_of(4)),
                {{"b", 1. / 3}, {"c", 1. / 3}, {"d", 1. / 3}});
}

TEST(RemotePolicy, RoundRobinTakesTurns) {
  const auto policy = policy_of({{"policy", "RoundRobin"}});
  const ChoiceCounts counts = simulate_choices(policy, members_of(4));
  EXPECT_EQ(counts, (ChoiceCounts{{"a", 2500}, {"b", 2500}, {"c", 2500}, {"d", 2500}}));

  RandomSource random(1);
  ChooserState state;
  std::string order;
  auto members = members_of(4);
  std::swap(members[0], members[3]);  // the order of the list means nothing
  for (int i = 0; i < 6; ++i) order += choose(policy, members, "a", random, state).uuid;
  EXPECT_EQ(order, "abcdab");
  members[1].alive = false;  // b
  for (int i = 0; i < 4; ++i) order += choose(policy, members, "a", random, state).uuid;
  EXPECT_EQ(order, "abcdabcdac");
}

TEST(RemotePolicy, RoundRobinOfEachProfileHasItsOwnTurn) {
  auto first = policy_of({{"policy", "RoundRobin"}});
  auto second = first;
  second.profile = "second";
  RandomSource random(1);
  ChooserState state;
  EXPECT_EQ(choose(first, members_of(3), "a", random, state).uuid, "a");
  EXPECT_EQ(choose(first, members_of(3), "a", random, state).uuid, "b");
  EXPECT_EQ(choose(second, members_of(3), "a", random, state).uuid, "a");
  EXPECT_EQ(choose(first, members_of(3), "a", random, state).uuid, "c");
}

TEST(RemotePolicy, PresetHasOneMember) {
  const auto policy = policy_of({{"policy", "Preset"}, {"config.uuid", "C"}, {"config.allowedTags", "none"}});
  auto members = members_of(3);
  expect_shares(simulate_choices(policy, members), {{"c", 1}});

  members[2].active = false;
  EXPECT_EQ(choose_once(policy, members).kind, Decision::Kind::nobody);
  EXPECT_THAT(choose_once(policy, members).reason, HasSubstr("member C is not active"));
  members[2].alive = false;
  EXPECT_THAT(choose_once(policy, members).reason, HasSubstr("member C is not alive"));
  EXPECT_THAT(choose_once(policy, members_of(2)).reason, HasSubstr("there is no member C"));
}

TEST(RemotePolicy, QueueChoosesNobody) {
  EXPECT_EQ(choose_once(policy_of({{"policy", "Queue"}}), {}).kind, Decision::Kind::queue);
}

TEST(RemotePolicy, LoadWeighsItsCriteria) {
  Candidate member;
  member.thread_ratio = 0.5;
  member.load = 0.2;
  EXPECT_DOUBLE_EQ(weighted_load(policy_of({}), member), 0.7);
  EXPECT_DOUBLE_EQ(weighted_load(policy_of({{"config.weights", "1.0,1.5"}}), member), 0.8);
  EXPECT_DOUBLE_EQ(weighted_load(policy_of({{"config.criteria", "load"}}), member), 0.2);
  EXPECT_DOUBLE_EQ(
      weighted_load(policy_of({{"config.criteria", "load,threadRatio"}, {"config.weights", "0,2"}}), member), 1.0);
}

std::vector<Candidate> members_with_load(const std::vector<double>& loads) {
  auto members = members_of(loads.size());
  for (std::size_t i = 0; i < loads.size(); ++i) members[i].load = loads[i];
  return members;
}

ChoiceCounts simulate_load(const std::string& group_weight, const std::vector<double>& loads) {
  return simulate_choices(policy_of({{"policy", "Load"}, {"config.groupWeight", group_weight}}),
                          members_with_load(loads));
}

TEST(RemotePolicy, LoadDrawsTheDocumentedShares) {
  // The documented examples: four groups of a quarter each and always the first one; 44.4 %, 33.3 % and 22.2 %.
  expect_shares(simulate_load("1,0,0,0", {.8, .1, .5, .2}), {{"b", 1}});
  expect_shares(simulate_load("1,0,0,0", {.8, .1, .5, .2, .9, .15, .6, .7}), {{"b", .5}, {"f", .5}});
  expect_shares(simulate_load("4,3,2", {.9, .1, .5}), {{"b", 4. / 9}, {"c", 3. / 9}, {"a", 2. / 9}});
  expect_shares(simulate_load("4,3,2", {.9, .1, .5, .8, .2, .6}),
                {{"b", 2. / 9}, {"e", 2. / 9}, {"c", 1.5 / 9}, {"f", 1.5 / 9}, {"d", 1. / 9}, {"a", 1. / 9}});
}

TEST(RemotePolicy, LoadOfMembersThatDoNotDivideEvenly) {
  expect_shares(simulate_load("1,1", {.1, .2, .3}), {{"a", .25}, {"b", .25}, {"c", .5}});
  // Two members, four groups: the second group's weight counts for the first, the fourth's for the third.
  expect_shares(simulate_load("1,2,3,4", {.2, .1}), {{"b", .3}, {"a", .7}});
  expect_shares(simulate_load("0,0,0,1", {.2, .1}), {{"a", 1}});
  expect_shares(simulate_load("0,0,1", {.5}), {{"a", 1}});
}

TEST(RemotePolicy, LoadDecidesBetweenEqualsByWhatTheyRunThenByChance) {
  expect_shares(simulate_load("1,0,0", {.5, .5, .5}), {{"a", 1. / 3}, {"b", 1. / 3}, {"c", 1. / 3}});
  auto members = members_with_load({.5, .5, .5});
  members[0].running = 4;
  members[1].running = 2;
  members[2].running = 3;
  expect_shares(simulate_choices(policy_of({{"policy", "Load"}, {"config.groupWeight", "1,0,0"}}), members),
                {{"b", 1}});
}

TEST(RemotePolicy, OnlyTheLivingAndActive) {
  auto members = members_of(4);
  members[1].active = false;
  members[2].alive = false;
  expect_shares(simulate_choices(policy_of({{"policy", "Random"}}), members), {{"a", .5}, {"d", .5}});
  expect_shares(simulate_choices(policy_of({{"policy", "Random"}, {"config.activeOnly", "false"}}), members),
                {{"a", 1. / 3}, {"b", 1. / 3}, {"d", 1. / 3}});
  expect_shares(simulate_choices(policy_of({{"policy", "Load"}, {"config.groupWeight", "1"}}), members),
                {{"a", .5}, {"d", .5}});
}

TEST(RemotePolicy, AllowedListsAndTags) {
  auto members = members_of(5);
  members[1].tags = {"worker", "linux"};
  members[2].tags = {"worker"};
  members[3].tags = {"secondary"};
  expect_shares(simulate_choices(policy_of({{"policy", "Random"}, {"config.allowed", "Self,/[de]/"}}), members),
                {{"a", 1. / 3}, {"d", 1. / 3}, {"e", 1. / 3}});
  expect_shares(simulate_choices(policy_of({{"policy", "Random"}, {"config.allowed", "b"}}), members), {{"b", 1}});
  expect_shares(simulate_choices(policy_of({{"policy", "RoundRobin"},
                                            {"config.allowed", "Other"},
                                            {"config.allowedTags", "worker,secondary"}}),
                                 members),
                {{"b", 1. / 3}, {"c", 1. / 3}, {"d", 1. / 3}});
  expect_shares(
      simulate_choices(policy_of({{"policy", "Random"}, {"config.allowedTags", "worker+linux,Self"}}), members),
      {{"a", .5}, {"b", .5}});
}

TEST(RemotePolicy, PreferredTagsFallBack) {
  const auto policy = policy_of({{"policy", "RoundRobin"},
                                 {"config.allowed", "Other"},
                                 {"config.allowedTags", "*"},
                                 {"config.preferredTags", "worker,secondary"}});
  auto members = members_of(4);
  members[0].tags = {"worker"};  // not allowed, however preferred
  expect_shares(simulate_choices(policy, members), {{"b", 1. / 3}, {"c", 1. / 3}, {"d", 1. / 3}});
  members[2].tags = {"worker"};
  members[3].tags = {"secondary"};
  expect_shares(simulate_choices(policy, members), {{"c", .5}, {"d", .5}});
  members[2].alive = false;
  expect_shares(simulate_choices(policy, members), {{"d", 1}});
  members[3].active = false;
  expect_shares(simulate_choices(policy, members), {{"b", 1}});
}

TEST(RemotePolicy, NobodyHasAReason) {
  auto members = members_of(2);
  const auto reason = [&](std::map<std::string, std::string> keys) {
    keys.emplace("policy", "Random");
    const auto decision = choose_once(policy_of(keys), members);
    EXPECT_EQ(decision.kind, Decision::Kind::nobody);
    EXPECT_EQ(decision.uuid, "");
    return decision.reason;
  };
  EXPECT_EQ(reason({{"config.allowed", "Self,x"}, {"config.allowedTags", "db,web"}}),
            "policy Random: no member that is active and allowed has the tags db,web (a comma means or, + means and)");
  EXPECT_EQ(reason({{"config.allowed", "x,/y/"}}), "policy Random: no member that is active is allowed by x, /y/");
  for (auto& member : members) member.active = false;
  EXPECT_EQ(reason({}), "policy Random: there is no member that is active");
  for (auto& member : members) member.alive = false;
  EXPECT_EQ(reason({{"config.activeOnly", "false"}}), "policy Random: there is no member that is alive");
}

TEST(RemotePolicy, ChoicesSayHowTheyWereMade) {
  EXPECT_EQ(choose_once(policy_of({{"policy", "RoundRobin"}}), members_of(3)).reason, "RoundRobin among 3 members");
  EXPECT_EQ(choose_once(policy_of({{"policy", "Load"}}), members_of(1)).reason, "Load among 1 member");
}

TEST(RemotePolicy, TheSameSeedChoosesTheSame) {
  for (const char* name : {"Random", "RoundRobin", "Load"}) {
    const auto policy = policy_of({{"policy", name}});
    EXPECT_EQ(simulate_choices(policy, members_of(5)), simulate_choices(policy, members_of(5))) << name;
  }
}

TEST(RemotePolicy, WhoMayRun) {
  Candidate worker;
  worker.uuid = "w";
  worker.tags = {"worker"};
  const auto may = [&](std::map<std::string, std::string> keys, const std::string& origin = "a") {
    return may_run(policy_of(keys), worker, origin);
  };
  EXPECT_FALSE(may({}));
  EXPECT_TRUE(may({}, "w"));
  EXPECT_TRUE(may({{"policy", "Queue"}}));
  EXPECT_TRUE(may({{"policy", "Queue"}, {"config.allowed", "Other"}, {"config.allowedTags", "worker"}}));
  EXPECT_FALSE(may({{"policy", "Queue"}, {"config.allowed", "Other"}}, "w"));
  EXPECT_FALSE(may({{"policy", "Queue"}, {"config.allowedTags", "db"}}));
  EXPECT_TRUE(may({{"policy", "Preset"}, {"config.uuid", "w"}}));
  EXPECT_FALSE(may({{"policy", "Preset"}, {"config.uuid", "x"}}));
  worker.active = false;
  EXPECT_FALSE(may({{"policy", "Queue"}}));
  EXPECT_TRUE(may({{"policy", "Queue"}, {"config.activeOnly", "false"}}));
  worker.alive = false;
  EXPECT_FALSE(may({{"policy", "Queue"}, {"config.activeOnly", "false"}}));
}

}  // namespace
}  // namespace qd::cluster
