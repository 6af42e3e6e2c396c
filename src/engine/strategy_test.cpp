// Plans of strategies, the language of rule sets and their conditions.
#include "engine/strategy.hpp"

#include <gtest/gtest.h>

namespace qd::engine {
namespace {

model::Workflow workflow_of(const std::vector<std::string>& labels, const std::string& strategy) {
  model::Workflow workflow;
  workflow.strategy = strategy;
  for (const auto& label : labels) {
    model::Step step;
    step.action = model::CommandStep{"true"};
    step.description = label;
    workflow.steps.push_back(std::move(step));
  }
  return workflow;
}

// "1<- 2<-1 3<-1,2?": what each step waits for; a question mark for conditions.
std::string shown_plan(const std::vector<StepRule>& rules) {
  std::string text;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    text += (i == 0 ? "" : " ") + std::to_string(i + 1) + "<-";
    for (std::size_t j = 0; j < rules[i].after.size(); ++j) {
      text += (j == 0 ? "" : ",") + std::to_string(rules[i].after[j] + 1);
    }
    if (!rules[i].when.empty()) text += "?";
  }
  return text;
}

std::string plan_of_rules(const std::string& rules, const std::vector<std::string>& labels = {"", "", "", "", ""}) {
  const auto parsed = parse_ruleset(rules, workflow_of(labels, "ruleset"));
  return parsed ? shown_plan(*parsed) : parsed.error().message;
}

std::string plan_error(const std::string& strategy, const std::string& rules = "") {
  auto workflow = workflow_of({"", "", ""}, strategy);
  workflow.plugin_config["WorkflowStrategy"] = {{"ruleset", {{"rules", rules}}}};
  const auto plan = plan_workflow(workflow);
  return plan ? "" : plan.error().message;
}

TEST(Strategy, EachHasItsPlan) {
  EXPECT_TRUE(plan_workflow(workflow_of({"", ""}, "node-first"))->node_first);
  EXPECT_TRUE(plan_workflow(workflow_of({"", ""}, ""))->node_first);
  EXPECT_EQ(shown_plan(plan_workflow(workflow_of({"", "", ""}, "sequential"))->rules), "1<- 2<-1 3<-2");
  EXPECT_EQ(shown_plan(plan_workflow(workflow_of({"", "", ""}, "step-first"))->rules), "1<- 2<-1 3<-2");
  EXPECT_EQ(shown_plan(plan_workflow(workflow_of({"", "", ""}, "parallel"))->rules), "1<- 2<- 3<-");
  EXPECT_EQ(shown_plan(plan_workflow(workflow_of({"", ""}, "ruleset"))->rules), "1<- 2<-");
}

TEST(Strategy, RulesSayWhatAStepWaitsFor) {
  EXPECT_EQ(plan_of_rules("[2,5] run-after:1"), "1<- 2<-1 3<- 4<- 5<-1");
  EXPECT_EQ(plan_of_rules("[*] run-in-sequence\n[5] if:option.env==QA"), "1<- 2<-1 3<-2 4<-3 5<-4?");
  EXPECT_EQ(plan_of_rules("[2] run-after:1\n[3] run-after:1\n\n# then\n[4] run-after:2,3"), "1<- 2<-1 3<-1 4<-2,3 5<-");
  EXPECT_EQ(plan_of_rules("[1-2,4-5] run-in-sequence"), "1<- 2<-1 3<- 4<-3 5<-4");
  EXPECT_EQ(plan_of_rules("[*] run-in-sequence\n[3] run-at-start"), "1<- 2<-1 3<- 4<-3 5<-4");
  EXPECT_EQ(plan_of_rules("[3] if:option.a==1"), "1<- 2<- 3<-2? 4<- 5<-");
  EXPECT_EQ(plan_of_rules("[Check, all] run-after:1\n[3] \"run-after:Step Two\"", {"", "Step Two", "", "Check, all"}),
            "1<- 2<- 3<-2 4<-1");
}

TEST(Strategy, LinesWithConditionsAreAlternatives) {
  const auto rules =
      parse_ruleset("[2] if:option.a==1 unless:option.b==2\n[2] if:option.c==3", workflow_of({"", ""}, "ruleset"));
  ASSERT_TRUE(rules);
  const auto runs = [&](model::DataContext::Group options) {
    model::DataContext context;
    context.set_group("option", std::move(options));
    return holds((*rules)[1].when, context);
  };
  EXPECT_TRUE(runs({{"a", "1"}}));
  EXPECT_FALSE(runs({{"a", "1"}, {"b", "2"}}));
  EXPECT_TRUE(runs({{"a", "1"}, {"b", "2"}, {"c", "3"}}));
  EXPECT_FALSE(runs({}));
}

TEST(Strategy, WhatIsWrongIsNamed) {
  EXPECT_NE(plan_of_rules("1 run-at-start").find("Line 1 of the workflow's rules, '1 run-at-start': it must begin"),
            std::string::npos);
  EXPECT_NE(plan_of_rules("[7] run-at-start").find("no step '7'"), std::string::npos);
  EXPECT_NE(plan_of_rules("[2-9] run-at-start").find("no step '2-9'"), std::string::npos);
  EXPECT_NE(plan_of_rules("[1] run-first").find("'run-first' is neither"), std::string::npos);
  EXPECT_NE(plan_of_rules("[1]").find("neither a directive nor a condition"), std::string::npos);
  EXPECT_NE(plan_of_rules("[1] if:option.a").find("is no condition"), std::string::npos);
  EXPECT_EQ(plan_error("ruleset", "[1] run-after:2\n[2] run-after:1"),
            "The rules of the workflow let these steps wait for each other: 1, 2");
  EXPECT_NE(plan_error("own-strategy").find("'own-strategy' is not available"), std::string::npos);
}

TEST(Conditions, EachOperatorCompares) {
  model::DataContext context;
  context.set_group("option", {{"env", "QA"}, {"count", "10"}, {"empty", ""}, {"other", "QA"}});
  const auto test = [&](const std::string& text) {
    const auto condition = parse_condition(text);
    EXPECT_TRUE(condition) << text;
    return condition && holds(*condition, context);
  };
  for (const char* text : {"option.env==QA", "option.env!=PROD", "option.env=~Q.", "option.env!~Q", "option.count>=10",
                           "option.count<=10", "option.count>9.5", "option.count<11", "!option.none", "!option.empty",
                           "option.none!=x", "option.env==${option.other}", "${option.env}==QA"}) {
    EXPECT_TRUE(test(text)) << text;
  }
  for (const char* text : {"option.env==qa", "option.env!=QA", "option.env=~Q", "option.env!~Q.", "option.count>10",
                           "option.count<9", "!option.env", "option.none==", "option.env>1", "option.none=~.*"}) {
    EXPECT_FALSE(test(text)) << text;
  }
}

TEST(Conditions, GroupsOfAConditionalStep) {
  const auto groups = parse_json(R"([[{"key":"option.a","operator":"==","value":"1"},
      {"key":"${option.b}","operator":"contains","value":"x"}],[{"key":"option.c","operator":">","value":5}]])");
  const auto any = parse_condition_groups(*groups);
  ASSERT_TRUE(any) << any.error().message;
  const auto runs = [&](model::DataContext::Group options) {
    model::DataContext context;
    context.set_group("option", std::move(options));
    return holds(*any, context);
  };
  EXPECT_TRUE(runs({{"a", "1"}, {"b", "axb"}}));
  EXPECT_FALSE(runs({{"a", "1"}, {"b", "ab"}}));
  EXPECT_TRUE(runs({{"c", "6"}}));
  const auto bad = parse_condition_groups(*parse_json(R"([[{"key":"option.a","operator":"=~","value":"1"}]])"));
  ASSERT_FALSE(bad);
  EXPECT_NE(bad.error().message.find("operator '=~' of the condition on option.a is not valid"), std::string::npos);
}

}  // namespace
}  // namespace qd::engine
