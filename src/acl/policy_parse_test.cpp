#include "acl/policy_parse.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace qd::acl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kGoodPolicies = R"(
description: Deployers
context: {project: 'web.*'}
for:
  job:
    - allow: [run, view]
      match: {group: 'deploy/.*'}
    - deny: delete
  resource:
    - equals: {kind: event}
      allow: read
by:
  group: [deploy, release]
  username: ann
  urn: 'user:bob'
---
description: See projects
context:
  application: rundeck
for:
  project:
    - allow: [read]
by:
  group: deploy
)";

// The errors of a text that holds one document.
std::vector<std::string> errors_of(const std::string& text, const std::string& project = {}) {
  const auto parsed = parse_policies(text, "a.aclpolicy", project);
  if (parsed.flaws.empty()) return {};
  EXPECT_EQ(parsed.flaws.front().policy, "a.aclpolicy[1]");
  EXPECT_THAT(parsed.policies, IsEmpty());
  return parsed.flaws.front().errors;
}

// A document that is right but for what `with` replaces.
std::string document(const std::string& part, const std::string& with) {
  std::string text =
      "description: d\n"
      "context: {application: rundeck}\n"
      "for: {project: [{allow: read}]}\n"
      "by: {group: g}\n";
  const std::size_t begin = text.find(part);
  if (begin == std::string::npos) return text;
  const std::size_t end = text.find('\n', begin);
  return text.replace(begin, end - begin, with);
}

TEST(PolicyParse, ReadsEveryDocument) {
  const auto parsed = parse_policies(kGoodPolicies, "deploy.aclpolicy");
  ASSERT_TRUE(parsed.valid()) << parsed.flaws.front().errors.front();
  ASSERT_THAT(parsed.policies, SizeIs(2));
  const Policy& first = parsed.policies[0];
  EXPECT_EQ(first.source, "deploy.aclpolicy[1]");
  EXPECT_EQ(first.description, "Deployers");
  EXPECT_TRUE(first.holds_in("web-1"));
  EXPECT_FALSE(first.holds_in("db"));
  EXPECT_FALSE(first.holds_in("")) << "the application's context is another one";
  ASSERT_THAT(first.rules, SizeIs(3));
  EXPECT_EQ(first.rules[0].source, "deploy.aclpolicy[1][type:job][rule: 1]");
  EXPECT_THAT(first.rules[0].allow, ElementsAre("run", "view"));
  EXPECT_THAT(first.rules[1].deny, ElementsAre("delete"));
  EXPECT_TRUE(parsed.policies[1].holds_in(""));
  EXPECT_FALSE(parsed.policies[1].holds_in("web"));
}

TEST(PolicyParse, ProjectPoliciesHoldInTheirProjectOnly) {
  const std::string text = document("context", "");
  const auto parsed = parse_policies(text, "a.aclpolicy", "web.1");
  ASSERT_TRUE(parsed.valid());
  EXPECT_TRUE(parsed.policies[0].holds_in("web.1"));
  EXPECT_FALSE(parsed.policies[0].holds_in("web-1")) << "the name is no pattern";
  EXPECT_THAT(errors_of(document("context", "context: {project: other}"), "web"),
              ElementsAre(HasSubstr("already set to: {project='web'}")));
}

TEST(PolicyParse, ErrorsSayWhatAndWhere) {
  const std::pair<std::string, const char*> cases[] = {
      {document("description", ""), "Policy is missing a description"},
      {document("context", ""), "Required 'context:' section was not present"},
      {document("context", "context: {project: a, application: rundeck}"), "only one entry"},
      {document("context", "context: {project: '(a'}"), "invalid regex"},
      {document("context", "context: {application: other}"), "the only supported value is 'rundeck'"},
      {document("for", ""), "Required 'for:' section was not present"},
      {document("for", "for: {}"), "Section 'for:' cannot be empty"},
      {document("for", "for: {job: {allow: run}}"), "Expected 'for: { job: <...> }' to be a Sequence, but was [map]"},
      {document("for", "for: {job: []}"), "list should not be empty"},
      {document("for", "for: {job: [run]}"), "entry at index [1] expected a Map but saw: String"},
      {document("for", "for: {job: [{allow: run}, {match: {name: a}}]}"),
       "Type rule 'for: { job: [...] }' entry at index [2] One of 'allow:' or 'deny:' must be present."},
      {document("for", "for: {job: [{allow: []}]}"), "Section 'allow:' should not be empty"},
      {document("for", "for: {job: [{allow: {a: b}}]}"), "expected a String or a sequence of Strings, but was a map"},
      {document("for", "for: {job: [{allow: run, match: {}}]}"), "Section 'match:' should not be empty"},
      {document("for", "for: {job: [{allow: run, match: {name: null}}]}"), "key: 'name' cannot be null"},
      {document("for", "for: {job: [{allow: run, match: {allow: x}}]}"), "should not contain 'allow:' or 'deny:'"},
      {document("for", "for: {job: [{allow: run, contains: {name: x}}]}"), "can only be applied to: 'tags'"},
      {document("for", "for: {job: [{allow: run, matches: {name: x}}]}"), "Unknown property: matches"},
      {document("by", ""), "Required 'by:' or 'notBy:' section was not present"},
      {document("by", "by: {grup: g}"), "it must contain 'group:' and/or 'username:' and/or 'urn:'"},
      {document("by", "by: {group: {a: b}}"), "Section 'group:' should be a list or a String, but it was: map"},
      {document("by", "notBy: {group: g}"), "there can only be 'deny:'"},
      {document("by", "by: {group: g}\nwhat: 1"), "Policy contains invalid keys: [what]"},
  };
  for (const auto& [text, error] : cases) EXPECT_THAT(errors_of(text), ElementsAre(HasSubstr(error))) << text;
}

TEST(PolicyParse, ErrorsNameTheLine) {
  EXPECT_THAT(
      errors_of("description: d\ncontext: {application: rundeck}\nfor:\n  job:\n    - allow: run\n    - foo: 1\n"
                "by: {group: g}\n"),
      ElementsAre(HasSubstr("(line 6)")));
}

TEST(PolicyParse, ABrokenDocumentSparesTheOthers) {
  const auto parsed =
      parse_policies(document("none", "") + "---\nfor: 1\n---\n" + document("none", "") + "---\n[unclosed\n", "a");
  EXPECT_THAT(parsed.policies, SizeIs(2));
  ASSERT_THAT(parsed.flaws, SizeIs(2));
  EXPECT_EQ(parsed.flaws[0].policy, "a[2]");
  EXPECT_EQ(parsed.flaws[1].policy, "a[4]");
  EXPECT_THAT(parsed.flaws[1].errors, ElementsAre(HasSubstr("Error parsing the policy document")));
}

TEST(PolicyParse, NothingIsNoPolicy) {
  EXPECT_THAT(errors_of(""), SizeIs(1));
  EXPECT_THAT(errors_of("just text"), SizeIs(1));
  EXPECT_FALSE(parse_policies(std::string(5u << 20, 'x'), "a").valid()) << "too large";
}

}  // namespace
}  // namespace qd::acl
