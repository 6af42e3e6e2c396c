#include "cluster/policy_config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace qd::cluster {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using PolicyKeys = std::map<std::string, std::string>;

// Keys without the common start.
PolicyKeys remote_keys(const PolicyKeys& short_keys) {
  PolicyKeys full;
  for (const auto& [key, value] : short_keys) full["rundeck.clusterMode.remoteExecution." + key] = value;
  return full;
}

PolicyConfig parsed_policies(const PolicyKeys& short_keys) {
  auto config = parse_policy_config(remote_keys(short_keys));
  EXPECT_TRUE(config) << config.error().message;
  return config ? *config : PolicyConfig{};
}

std::string policy_refusal(const PolicyKeys& short_keys) {
  const auto config = parse_policy_config(remote_keys(short_keys));
  EXPECT_FALSE(config);
  return config ? "" : config.error().message;
}

TEST(PolicyConfig, NothingConfiguredMeansNone) {
  const auto config = parse_policy_config({{"rundeck.clusterMode.enabled", "true"}});
  ASSERT_TRUE(config);
  EXPECT_EQ(config->standard.kind, PolicyKind::none);
  EXPECT_TRUE(config->standard.active_only);
  EXPECT_TRUE(config->scheduled_at_execution);
  EXPECT_THAT(config->warnings, IsEmpty());
  EXPECT_EQ(&config->for_project("any"), &config->standard);
}

TEST(PolicyConfig, EveryPolicyHasItsDocumentedName) {
  for (const auto& [name, kind] : std::map<std::string, PolicyKind>{{"None", PolicyKind::none},
                                                                    {"Random", PolicyKind::random},
                                                                    {"RoundRobin", PolicyKind::round_robin},
                                                                    {"Load", PolicyKind::load},
                                                                    {"Queue", PolicyKind::queue}}) {
    EXPECT_EQ(parsed_policies({{"policy", name}}).standard.kind, kind);
    EXPECT_EQ(to_text(kind), name);
  }
  const auto preset = parsed_policies({{"policy", "Preset"}, {"config.uuid", "u1"}});
  EXPECT_EQ(preset.standard.kind, PolicyKind::preset);
  EXPECT_EQ(preset.standard.uuid, "u1");
}

TEST(PolicyConfig, AllowedMembers) {
  const auto allowed = parsed_policies({{"config.allowed", "Self, /1C519C5A-4E78-.{1,9}/ ,0f0e-1"}}).standard.allowed;
  ASSERT_EQ(allowed.size(), 3u);
  EXPECT_TRUE(allowed[0].matches("me", "me"));
  EXPECT_FALSE(allowed[0].matches("you", "me"));
  EXPECT_TRUE(allowed[1].matches("1C519C5A-4E78-4BE9", "me"));
  EXPECT_FALSE(allowed[1].matches("1C519C5A-4E78-4BE9-85EC-1234", "me"));  // the whole uuid
  EXPECT_FALSE(allowed[1].matches("x1C519C5A-4E78-4BE9", "me"));
  EXPECT_TRUE(allowed[2].matches("0F0E-1", "me"));  // uuids have no case
  const auto other = parsed_policies({{"config.allowed", "Other"}}).standard.allowed;
  ASSERT_EQ(other.size(), 1u);
  EXPECT_TRUE(other[0].matches("you", "me"));
  EXPECT_FALSE(other[0].matches("me", "me"));
}

TEST(PolicyConfig, TagRules) {
  struct Case {
    const char* rule;
    std::set<std::string> tags;
    bool self;
    bool matches;
  };
  for (const auto& [rule, tags, self, matches] : std::vector<Case>{
           {"", {}, false, true},
           {"*", {}, false, true},
           {"db,web", {"web", "x"}, false, true},
           {"db,web", {"x"}, false, false},
           {"db, web", {}, false, false},
           {"db+linux", {"db"}, false, false},
           {"db + linux", {"db", "linux"}, false, true},
           {"db+linux,web", {"web"}, false, true},
           {"db+linux,web", {"linux"}, false, false},
           {"db,*", {"x"}, false, true},
           {"db", {"DB"}, false, false},
           {"Self", {}, true, true},
           {"Self", {}, false, false},
           {"Self+db", {"db"}, true, true},
       }) {
    const auto parsed_rule = parsed_policies({{"config.allowedTags", rule}}).standard.allowed_tags;
    EXPECT_EQ(parsed_rule.matches(tags, self), matches) << rule;
  }
}

TEST(PolicyConfig, CriteriaAndWeights) {
  const auto standard = parsed_policies({{"policy", "Load"}}).standard;
  ASSERT_EQ(standard.criteria.size(), 2u);
  EXPECT_THAT(standard.group_weights, ElementsAre(4, 3, 2));

  const auto load = parsed_policies({{"policy", "Load"},
                                     {"config.criteria", "threadRatio,load"},
                                     {"config.weights", "1.0, 1.5"},
                                     {"config.groupWeight", "1,0,0,0"}})
                        .standard;
  ASSERT_EQ(load.criteria.size(), 2u);
  EXPECT_EQ(load.criteria[0].kind, Criterion::Kind::thread_ratio);
  EXPECT_EQ(load.criteria[0].weight, 1.0);
  EXPECT_EQ(load.criteria[1].kind, Criterion::Kind::load);
  EXPECT_EQ(load.criteria[1].weight, 1.5);
  EXPECT_THAT(load.group_weights, ElementsAre(1, 0, 0, 0));
}

TEST(PolicyConfig, ProfilesTakeWhatTheyDoNotSayFromTheDefault) {
  const auto config = parsed_policies({{"policy", "Random"},
                                       {"config.activeOnly", "false"},
                                       {"config.allowed", "Other"},
                                       {"config.weights", "1,3"},
                                       {"profiles", "Linux, Big"},
                                       {"profile.Linux.projects", "Example, Test1"},
                                       {"profile.Linux.policy", "Preset"},
                                       {"profile.Linux.config.uuid", "u1"},
                                       {"profile.Big.projects", "Test2"},
                                       {"profile.Big.config.allowedTags", "big"},
                                       {"profile.Big.config.activeOnly", "true"},
                                       {"profile.Big.config.criteria", "load"}});
  EXPECT_EQ(config.for_project("Example").profile, "Linux");
  EXPECT_EQ(config.for_project("Test1").kind, PolicyKind::preset);
  EXPECT_FALSE(config.for_project("Test1").active_only);
  EXPECT_EQ(config.for_project("Test1").criteria[1].weight, 3);

  const auto& big = config.for_project("Test2");
  EXPECT_EQ(big.kind, PolicyKind::random);
  EXPECT_EQ(big.allowed.size(), 1u);
  EXPECT_TRUE(big.active_only);
  EXPECT_EQ(big.allowed_tags.text, "big");
  ASSERT_EQ(big.criteria.size(), 1u);
  EXPECT_EQ(big.criteria[0].weight, 1);  // weights belong to the criteria that they were written for

  EXPECT_EQ(config.for_project("Test3").profile, "");
  EXPECT_EQ(config.for_project("example").profile, "");
}

TEST(PolicyConfig, Switches) {
  const auto off = parse_policy_config({{"rundeck.clusterMode.remoteExecution.policy", "Random"},
                                        {"rundeck.clusterMode.remoteExecution.enabled", "false"},
                                        {"rundeck.clusterMode.remoteScheduledExecutionPolicy.enabled", "false"}});
  ASSERT_TRUE(off);
  EXPECT_EQ(off->standard.kind, PolicyKind::none);
  EXPECT_FALSE(off->scheduled_at_execution);
}

TEST(PolicyConfig, KeysWithoutEffectAreNamed) {
  const auto config = parsed_policies({{"cleanup.older.messages", "25"},
                                       {"config.allowedTag", "db"},
                                       {"profiles", "a"},
                                       {"profile.b.policy", "Random"},
                                       {"profile.a.config.activeonly", "true"}});
  EXPECT_THAT(config.warnings, ElementsAre(HasSubstr("remoteExecution.config.allowedTag has no effect"),
                                           HasSubstr("remoteExecution.profile.a.config.activeonly"),
                                           HasSubstr("profile.b.policy has no effect")));
}

TEST(PolicyConfig, ErrorsNameTheKeyAndWhatIsAllowed) {
  struct Case {
    PolicyKeys keys;
    std::vector<const char*> said;
  };
  for (const auto& [keys, said] : std::vector<Case>{
           {{{"policy", "random"}},
            {"remoteExecution.policy = random", "None, Random, RoundRobin, Preset, Load or Queue"}},
           {{{"policy", "Preset"}}, {"remoteExecution.config.uuid", "Preset needs"}},
           {{{"config.activeOnly", "yes"}}, {"config.activeOnly = yes", "true or false"}},
           {{{"config.allowed", "self"}}, {"config.allowed = self", "Self", "/regex/"}},
           {{{"config.allowed", "/abc"}}, {"config.allowed", "/regex/"}},
           {{{"config.allowed", "/a(/"}}, {"config.allowed", "/a(/"}},
           {{{"config.allowedTags", "a++b"}}, {"config.allowedTags = a++b", "a+b for all"}},
           {{{"config.preferredTags", "+"}}, {"config.preferredTags = +"}},
           {{{"config.criteria", "cpu"}}, {"config.criteria = cpu", "threadRatio and load"}},
           {{{"config.criteria", "load,load"}}, {"config.criteria", "twice"}},
           {{{"config.criteria", "load"}, {"config.weights", "1,2"}}, {"config.weights = 1,2", "1 criteria"}},
           {{{"config.weights", "1,x"}}, {"config.weights = 1,x", "numbers"}},
           {{{"config.weights", "-1,2"}}, {"config.weights"}},
           {{{"config.weights", "nan,1"}}, {"config.weights"}},
           {{{"config.groupWeight", "0,0"}}, {"config.groupWeight = 0,0", "above 0"}},
           {{{"config.groupWeight", "1,,1"}}, {"config.groupWeight"}},
           {{{"profiles", "a,a"}}, {"remoteExecution.profiles", "twice"}},
           {{{"profiles", "a"}, {"profile.a.policy", "X"}}, {"remoteExecution.profile.a.policy = X"}},
           {{{"profiles", "a"}, {"profile.a.policy", "Preset"}}, {"remoteExecution.profile.a.config.uuid"}},
           {{{"profiles", "a,b"}, {"profile.a.projects", "P"}, {"profile.b.projects", "P"}},
            {"profile.b.projects = P", "project \"P\" is in profile \"a\""}},
       }) {
    const std::string message = policy_refusal(keys);
    for (const char* part : said) EXPECT_THAT(message, HasSubstr(part));
  }
}

TEST(PolicyConfig, AllErrorsAtOnce) {
  EXPECT_THAT(policy_refusal({{"policy", "X"}, {"config.groupWeight", "x"}, {"enabled", "1"}}),
              testing::AllOf(HasSubstr("policy = X"), HasSubstr("groupWeight = x"), HasSubstr("enabled = 1")));
}

}  // namespace
}  // namespace qd::cluster
