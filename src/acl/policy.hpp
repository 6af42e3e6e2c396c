// Access policies as aclpolicy documents tell them. Source of the format: the peer's document "ACLPOLICY"
// (docs/manual/document-format-reference/aclpolicy-v10.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acl/resource.hpp"
#include "acl/text_pattern.hpp"

namespace qd::acl {

// Who asks. A urn names other subjects than users: "project:NAME".
struct Subject {
  std::string user;
  std::vector<std::string> groups;
  std::string urn;

  bool operator==(const Subject&) const = default;
};

// One `property: value` of a rule's match, equals, contains or subset section.
struct Condition {
  enum class Test {
    match,     // the attribute matches every pattern
    equals,    // it is the value; without one it never is
    contains,  // as a set, it has all values
    subset     // as a set, it has no other values; true when the resource has no such attribute
  };
  Test test = Test::equals;
  std::string property;
  std::vector<TextPattern> patterns;  // of match
  std::vector<std::string> values;    // of the others

  // `undecided`: see TextPattern::matches.
  bool holds(const Attributes& attributes, bool undecided) const;
};

// One entry of `for: { type: [...] }`.
struct Rule {
  std::string source;  // "admin.aclpolicy[1][type:job][rule: 2]"
  std::string type;
  std::vector<Condition> conditions;  // all must hold; none: every resource of the type
  std::vector<std::string> allow, deny;
  std::string text;  // the rule as JSON, for explanations

  bool applies_to(const Attributes& attributes, bool undecided) const;
};

// Does a list of actions name this one, or all with "*"?
bool names_action(const std::vector<std::string>& actions, std::string_view action);

struct Policy {
  std::string source;  // "admin.aclpolicy[1]"
  std::string description;
  std::optional<TextPattern> project;  // empty: the application's context
  bool application = false;            // with the one value that it may have, "rundeck"
  // `by`: holds for a subject whom one of these names; `notBy`: for one whom none names, and then it only denies.
  bool by = true;
  std::vector<TextPattern> users, groups;
  std::vector<std::string> urns;
  std::vector<Rule> rules;

  bool holds_for(const Subject& subject) const;
  // In the context of a project, or (project "") of the application.
  bool holds_in(std::string_view project_name) const;
};

}  // namespace qd::acl
