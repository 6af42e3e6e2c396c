#include "cluster/config.hpp"

#include <gmock/gmock.h>

namespace qd::cluster {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const std::string clusterMode = "rundeck.clusterMode.";

std::string config_error(const std::map<std::string, std::string>& properties) {
  const auto config = parse_cluster_config(properties);
  return config ? "" : config.error().message;
}

TEST(ClusterConfigTest, HasTheDocumentedDefaults) {
  const auto config = parse_cluster_config({}).value();
  EXPECT_FALSE(config.enabled);
  EXPECT_EQ(config.heartbeat.interval, Millis{30'000});
  EXPECT_EQ(config.heartbeat.delay, Millis{10'000});
  EXPECT_EQ(config.heartbeat.consider_inactive, Millis{150'000});
  EXPECT_EQ(config.heartbeat.consider_dead, Millis{300'000});
  EXPECT_EQ(config.autotakeover.delay, Millis{60'000});
  EXPECT_EQ(config.autotakeover.sleep, Millis{300'000});
  EXPECT_EQ(config.autotakeover.policy, TakeoverPolicy::any);
  EXPECT_TRUE(config.recovery.enabled);
  EXPECT_EQ(config.recovery.delay, Millis{30'000});
  EXPECT_EQ(config.recovery.sleep, Millis{60'000});
  EXPECT_TRUE(config.remote_abort);
  EXPECT_EQ(config.process_interval, Millis{10'000});
  EXPECT_EQ(config.message_life, Millis{1'800'000});
  EXPECT_TRUE(config.fast_failure_detection);
}

TEST(ClusterConfigTest, ReadsEveryKey) {
  const auto config = parse_cluster_config({{clusterMode + "enabled", "true"},
                                            {clusterMode + "heartbeat.interval", "0.6"},
                                            {clusterMode + "heartbeat.delay", "0"},
                                            {clusterMode + "heartbeat.considerInactive", "3"},
                                            {clusterMode + "heartbeat.considerDead", " 6.25 "},
                                            {clusterMode + "autotakeover.enabled", "TRUE"},
                                            {clusterMode + "autotakeover.policy", "RemoteExecution"},
                                            {clusterMode + "autotakeover.delay", "0"},
                                            {clusterMode + "autotakeover.sleep", "1.5"},
                                            {clusterMode + "recoverExecutions.enabled", "true"},
                                            {clusterMode + "recoverExecutions.policy", "static"},
                                            {clusterMode + "recoverExecutions.config.allowed", "u1, u2 ,"},
                                            {clusterMode + "recoverExecutions.delay", "2"},
                                            {clusterMode + "recoverExecutions.sleep", "3"},
                                            {clusterMode + "remoteAbort.enabled", "false"},
                                            {clusterMode + "remoteExec.process.interval", "0.2"},
                                            {clusterMode + "remoteExecution.cleanup.older.messages", "25"},
                                            {clusterMode + "remoteExecution.policy", "Random"},
                                            {clusterMode + "fastFailureDetection", "false"}})
                          .value();
  EXPECT_TRUE(config.enabled);
  EXPECT_EQ(config.heartbeat.interval, Millis{600});
  EXPECT_EQ(config.heartbeat.delay, Millis{0});
  EXPECT_EQ(config.heartbeat.consider_inactive, Millis{3'000});
  EXPECT_EQ(config.heartbeat.consider_dead, Millis{6'250});
  EXPECT_TRUE(config.autotakeover.enabled);
  EXPECT_EQ(config.autotakeover.policy, TakeoverPolicy::remote_execution);
  EXPECT_EQ(config.autotakeover.delay, Millis{0});
  EXPECT_EQ(config.autotakeover.sleep, Millis{1'500});
  EXPECT_EQ(config.recovery.policy, TakeoverPolicy::fixed);
  EXPECT_EQ(config.recovery.allowed, (std::set<std::string>{"u1", "u2"}));
  EXPECT_EQ(config.recovery.delay, Millis{2'000});
  EXPECT_EQ(config.recovery.sleep, Millis{3'000});
  EXPECT_FALSE(config.remote_abort);
  EXPECT_EQ(config.process_interval, Millis{200});
  EXPECT_EQ(config.message_life, Millis{25 * 60'000});
  EXPECT_FALSE(config.fast_failure_detection);
}

TEST(ClusterConfigTest, ErrorsNameKeyValueAndWhatIsAllowed) {
  EXPECT_THAT(config_error({{clusterMode + "heartbeat.interval", "fast"}}),
              AllOf(HasSubstr("rundeck.clusterMode.heartbeat.interval = \"fast\""), HasSubstr("number of seconds")));
  EXPECT_THAT(config_error({{clusterMode + "heartbeat.interval", "0"}}), HasSubstr("more than 0"));
  EXPECT_THAT(config_error({{clusterMode + "autotakeover.delay", "-1"}}), HasSubstr("0 or more"));
  EXPECT_THAT(config_error({{clusterMode + "autotakeover.delay", "1e99"}}), HasSubstr("seconds"));
  EXPECT_THAT(config_error({{clusterMode + "autotakeover.policy", "Some"}}),
              HasSubstr("allowed are Any, Static and RemoteExecution"));
  EXPECT_THAT(config_error({{clusterMode + "recoverExecutions.policy", "RemoteExecution"}}),
              HasSubstr("allowed are Any and Static"));
  EXPECT_THAT(config_error({{clusterMode + "autotakeover.policy", "Static"}}), HasSubstr("config.allowed (not set)"));
  EXPECT_THAT(config_error({{clusterMode + "enabled", "yes"}}), HasSubstr("true and false"));
  EXPECT_THAT(config_error({{clusterMode + "heartbeat.considerDead", "20"}}), HasSubstr("heartbeat.interval"));
}

}  // namespace
}  // namespace qd::cluster
