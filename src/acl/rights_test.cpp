#include "acl/rights.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "acl/explain.hpp"
#include "acl/policy_parse.hpp"

namespace qd::acl {
namespace {

using Outcome = Verdict::Outcome;
using testing::HasSubstr;

std::shared_ptr<const Policies> policies_of(const std::string& text) {
  auto parsed = parse_policies(text, "t");
  EXPECT_TRUE(parsed.valid()) << (parsed.valid() ? "" : parsed.flaws[0].errors[0]);
  auto all = std::make_shared<Policies>();
  for (Policy& policy : parsed.policies) all->push_back(std::make_shared<const Policy>(std::move(policy)));
  return all;
}

std::string in_project(const std::string& rules, const std::string& who = "by: {group: g}") {
  return "description: d\ncontext: {project: '.*'}\nfor: " + rules + "\n" + who + "\n";
}

Attributes job(const std::string& group, const std::string& name) {
  return {{"group", group}, {"name", name}, {"uuid", "u-" + name}};
}

Outcome decide(const std::string& text, const Subject& subject, const std::string& type, const Attributes& attributes,
               const std::string& action, const std::string& project = "p") {
  return Rights(policies_of(text), subject).decide(project, type, attributes, action).outcome;
}

const Subject kMember{"ann", {"other", "g"}, ""};

TEST(Rights, AllowNeedsARuleAndDenyWins) {
  const std::string text = in_project("{job: [{allow: [run, read]}, {deny: run, match: {group: 'prod/.*'}}]}");
  EXPECT_EQ(decide(text, kMember, "job", job("test/a", "x"), "run"), Outcome::allowed);
  EXPECT_EQ(decide(text, kMember, "job", job("prod/a", "x"), "run"), Outcome::denied);
  EXPECT_EQ(decide(text, kMember, "job", job("prod/a", "x"), "read"), Outcome::allowed);
  EXPECT_EQ(decide(text, kMember, "job", job("test/a", "x"), "kill"), Outcome::rejected);
  EXPECT_EQ(decide(text, kMember, "node", {{"nodename", "n"}}, "run"), Outcome::rejected);
  EXPECT_EQ(decide(text, {"bob", {"other"}, ""}, "job", job("test/a", "x"), "run"), Outcome::rejected);
  EXPECT_EQ(decide(text, kMember, "job", job("test/a", "x"), "run", ""), Outcome::rejected) << "of the application";
  EXPECT_EQ(decide(text, kMember, "job", job("test/a", "x"), ""), Outcome::rejected) << "no action at all";
}

TEST(Rights, AStarIsEveryAction) {
  EXPECT_EQ(decide(in_project("{job: [{allow: '*'}]}"), kMember, "job", job("", "x"), "kill"), Outcome::allowed);
  EXPECT_EQ(
      decide(in_project("{job: [{allow: '*'}, {deny: '*', equals: {name: x}}]}"), kMember, "job", job("", "x"), "kill"),
      Outcome::denied);
}

TEST(Rights, MatchIsARegularExpressionOnTheWholeValue) {
  const auto with = [](const std::string& pattern) {
    return in_project("{job: [{allow: run, match: " + pattern + "}]}");
  };
  const auto run = [&](const std::string& pattern, const std::string& name) {
    return decide(with(pattern), kMember, "job", job("a/b", name), "run") == Outcome::allowed;
  };
  EXPECT_TRUE(run("{name: '.*'}", "anything"));
  EXPECT_TRUE(run("{name: 'dep.*'}", "deploy"));
  EXPECT_FALSE(run("{name: 'dep.*'}", "redeploy"));
  EXPECT_TRUE(run("{name: 'a|b'}", "b"));
  EXPECT_FALSE(run("{name: 'a|b'}", "ab"));
  EXPECT_TRUE(run("{name: '(a|b)'}", "a"));
  EXPECT_TRUE(run("{name: 'dev\\d+'}", "dev12"));
  EXPECT_FALSE(run("{name: 'dev\\d+'}", "dev12x"));
  EXPECT_TRUE(run("{name: 'colou?r'}", "color"));
  EXPECT_FALSE(run("{name: 'a.c'}", "abd"));
  EXPECT_TRUE(run("{name: 'a[(]b|c.'}", "cd")) << "alternatives behind a bracket";
  EXPECT_TRUE(run("{name: 'x(a|b).|c.'}", "cd"));
  EXPECT_TRUE(run("{name: 'x(a|b).'}", "xay"));
  EXPECT_TRUE(run("{name: ['a.*', '.*z']}", "abz")) << "all of a list must match";
  EXPECT_FALSE(run("{name: ['a.*', '.*z']}", "abc"));
  EXPECT_TRUE(run("{name: '(broken'}", "(broken")) << "a broken expression is the text itself";
  EXPECT_FALSE(run("{name: '(broken'}", "broken"));
  EXPECT_FALSE(run("{owner: '.*'}", "x")) << "there is no such attribute";
}

TEST(Rights, PatternsOfGroupsFindTheirGroupsOnly) {
  const std::string text = in_project(
      "{job: [{allow: run, match: {group: 'web/.*'}}, {allow: run, match: {group: 'db/(a|b)[0-9]'}}, {allow: run, "
      "match: "
      "{group: 'any.*'}}, {deny: run, match: {group: 'web/secret/.*'}}]}");
  const auto run = [&](const std::string& group) { return decide(text, kMember, "job", job(group, "x"), "run"); };
  EXPECT_EQ(run("web/front"), Outcome::allowed);
  EXPECT_EQ(run("web/secret/x"), Outcome::denied);
  EXPECT_EQ(run("web"), Outcome::rejected);
  EXPECT_EQ(run("website/front"), Outcome::rejected);
  EXPECT_EQ(run("db/b7"), Outcome::allowed);
  EXPECT_EQ(run("db/c7"), Outcome::rejected);
  EXPECT_EQ(run("anything/else"), Outcome::allowed);
  EXPECT_EQ(run(""), Outcome::rejected);
}

TEST(Rights, EqualsContainsSubset) {
  const auto node = [](std::vector<std::string> tags) {
    return Attributes{{"nodename", "n"}, {"tags", std::move(tags)}, {"osFamily", "unix"}};
  };
  const auto may = [&](const std::string& condition, const Attributes& attributes) {
    return decide(in_project("{node: [{allow: run, " + condition + "}]}"), kMember, "node", attributes, "run") ==
           Outcome::allowed;
  };
  EXPECT_TRUE(may("equals: {osFamily: unix}", node({})));
  EXPECT_FALSE(may("equals: {osFamily: uni}", node({})));
  EXPECT_FALSE(may("equals: {osFamily: [unix]}", node({}))) << "a list is never equal";
  EXPECT_TRUE(may("equals: {osFamily: unix, nodename: n}", node({}))) << "all properties";
  EXPECT_FALSE(may("equals: {osFamily: unix, nodename: m}", node({})));
  EXPECT_TRUE(may("contains: {tags: [a, b]}", node({"c", "b", "a"})));
  EXPECT_FALSE(may("contains: {tags: [a, b]}", node({"a"})));
  EXPECT_TRUE(may("contains: {tags: a}", {{"tags", "x, a"}})) << "a text with commas is a set";
  EXPECT_TRUE(may("subset: {tags: [a, b]}", node({"a"})));
  EXPECT_FALSE(may("subset: {tags: [a, b]}", node({"a", "c"})));
  EXPECT_TRUE(may("subset: {tags: [a]}", {{"nodename", "n"}})) << "without tags, none is another one";
}

TEST(Rights, ByNamesUsersGroupsAndUrns) {
  const auto may = [](const std::string& who, const Subject& subject) {
    return decide(in_project("{adhoc: [{allow: run}]}", who), subject, "adhoc", {}, "run") == Outcome::allowed;
  };
  EXPECT_TRUE(may("by: {username: ann}", kMember));
  EXPECT_FALSE(may("by: {username: an}", kMember));
  EXPECT_TRUE(may("by: {username: 'a.n'}", kMember));
  EXPECT_TRUE(may("by: {group: [x, g]}", kMember));
  EXPECT_TRUE(may("by: {group: 'dev_(a|b)'}", {"u", {"dev_b"}, ""}));
  EXPECT_TRUE(may("by: {group: nobody, username: ann}", kMember)) << "one is enough";
  EXPECT_TRUE(may("by: {urn: 'user:ann'}", kMember));
  EXPECT_FALSE(may("by: {urn: 'user:a.n'}", kMember)) << "a urn is no pattern";
  EXPECT_TRUE(may("by: {urn: 'group:g'}", kMember));
  EXPECT_TRUE(may("by: {urn: 'project:web'}", {"", {}, "project:web"}));
  EXPECT_FALSE(may("by: {urn: 'project:web'}", kMember));
  EXPECT_FALSE(may("by: {username: '.*'}", {"", {}, "project:web"})) << "a project is no user";
}

TEST(Rights, NotByDeniesAllOthers) {
  const std::string text = in_project("{adhoc: [{allow: run}]}", "by: {group: '.*'}") + "---\n" +
                           in_project("{adhoc: [{deny: run}]}", "notBy: {group: [ops, sre], username: root}");
  const auto run = [&](const Subject& subject) { return decide(text, subject, "adhoc", {}, "run"); };
  EXPECT_EQ(run({"u", {"ops"}, ""}), Outcome::allowed);
  EXPECT_EQ(run({"u", {"x", "sre"}, ""}), Outcome::allowed);
  EXPECT_EQ(run({"root", {"x"}, ""}), Outcome::allowed);
  EXPECT_EQ(run({"u", {"x"}, ""}), Outcome::denied);
}

TEST(Rights, ACostlyExpressionDeniesButNeverAllows) {
  const std::string name = std::string(40, 'a') + "b";
  EXPECT_EQ(decide(in_project("{job: [{allow: run}, {deny: run, match: {name: '(a+)+$'}}]}"), kMember, "job",
                   job("", name), "run"),
            Outcome::denied);
  EXPECT_EQ(decide(in_project("{job: [{allow: run, match: {name: '(a+)+$'}}]}"), kMember, "job", job("", name), "run"),
            Outcome::rejected);
}

TEST(Rights, TheRuleThatDecidedIsTold) {
  const std::string text =
      in_project("{job: [{allow: run, equals: {name: other}}, {allow: run}, {allow: run, equals: {name: x}}]}");
  const Rights rights(policies_of(text), kMember);
  const Verdict verdict = rights.decide("p", "job", job("", "x"), "run");
  ASSERT_NE(verdict.rule, nullptr);
  EXPECT_EQ(verdict.rule->source, "t[1][type:job][rule: 2]") << "the first that allows";
  EXPECT_EQ(verdict.rule->text, R"({"allow":"run"})");
  EXPECT_TRUE(verdict.any_policy);
  EXPECT_FALSE(Rights(policies_of(text), {"x", {}, ""}).decide("p", "job", job("", "x"), "run").any_policy);
}

TEST(Explain, WhoCanAndWhatCan) {
  const auto policies =
      policies_of(in_project("{job: [{allow: run, match: {group: 'a/.*'}}, {deny: run, equals: {name: nope}}]}") +
                  "---\n" + in_project("{job: [{allow: '*'}]}", "by: {username: root}"));
  const auto grants = who_can(*policies, "p", job_resource("a/b/nope", ""), "run");
  ASSERT_EQ(grants.size(), 3U);
  EXPECT_TRUE(grants[0].allows);
  EXPECT_FALSE(grants[1].allows);
  EXPECT_EQ(grants[2].policy->users.front().source(), "root");

  Things things;
  things.project = "p";
  things.job = "a/b/yes";
  const Rights rights(policies, kMember);
  std::map<std::string, Outcome> on_job;
  for (const Access& access : list_access(rights, things)) {
    if (access.resource.type == "job") on_job[access.action] = access.verdict.outcome;
  }
  EXPECT_EQ(on_job.at("run"), Outcome::allowed);
  EXPECT_EQ(on_job.at("read"), Outcome::rejected);
  EXPECT_EQ(describe(job_resource("a/b/yes", "")), "Job \"a/b/yes\"");
  EXPECT_EQ(describe(storage_resource("keys/x")), "storage path \"keys/x\"");
}

}  // namespace
}  // namespace qd::acl
