#include "service/history_cleanup.hpp"

#include <gtest/gtest.h>

namespace qd::service {
namespace {

CleanupRules rules_of(const std::map<std::string, std::string>& settings) {
  model::Project project;
  for (const auto& [name, value] : settings) project.config["project.execution.history.cleanup." + name] = value;
  const auto rules = cleanup_rules(project);
  if (rules) return *rules;
  ADD_FAILURE() << rules.error().message;
  return {};
}

TEST(CleanupRules, HaveTheDefaultsOfThePeer) {
  EXPECT_FALSE(rules_of({}).enabled);
  const auto rules = rules_of({{"enabled", "true"}});
  EXPECT_TRUE(rules.enabled);
  EXPECT_EQ(rules.days, 60);
  EXPECT_EQ(rules.keep, 50);
  EXPECT_EQ(rules.batch, 500);
  EXPECT_TRUE(model::Cron::parse(rules.schedule));
  EXPECT_EQ(rules_of({{"enabled", "true"}, {"retention.days", " 7 "}, {"batch", ""}}).days, 7);
}

TEST(CleanupRules, NameTheKeyThatIsWrong) {
  for (const char* name : {"retention.days", "retention.minimum", "batch"}) {
    model::Project project;
    project.config["project.execution.history.cleanup.enabled"] = "true";
    project.config[std::string("project.execution.history.cleanup.") + name] = "-1";
    const auto rules = cleanup_rules(project);
    ASSERT_FALSE(rules) << name;
    EXPECT_NE(rules.error().message.find(name), std::string::npos);
  }
}

}  // namespace
}  // namespace qd::service
