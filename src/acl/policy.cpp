#include "acl/policy.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace qd::acl {
namespace {

std::string text_of(const AttributeValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return base::join(std::get<std::vector<std::string>>(value), ",");
}

// Sets may be written as a text with commas.
std::vector<std::string> set_of(const AttributeValue& value) {
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) return *list;
  return base::split_trimmed(std::get<std::string>(value), ',');
}

bool has(const std::vector<std::string>& values, const std::string& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

bool has_all(const std::vector<std::string>& values, const std::vector<std::string>& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const std::string& one) { return has(values, one); });
}

bool any_names(const std::vector<TextPattern>& patterns, const std::string& name) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const TextPattern& pattern) {
    return pattern.source() == name || pattern.matches(name, false);
  });
}

}  // namespace

bool Condition::holds(const Attributes& attributes, bool undecided) const {
  const auto found = attributes.find(property);
  if (found == attributes.end()) return test == Test::subset || (test == Test::contains && values.empty());
  const AttributeValue& value = found->second;
  switch (test) {
    case Test::equals:
      if (values.empty()) return false;
      if (const auto* text = std::get_if<std::string>(&value)) return *text == values.front();
      return text_of(value) == values.front();
    case Test::match: {
      const auto* text = std::get_if<std::string>(&value);
      const std::string joined = text ? std::string() : text_of(value);
      return std::all_of(patterns.begin(), patterns.end(),
                         [&](const TextPattern& pattern) { return pattern.matches(text ? *text : joined, undecided); });
    }
    case Test::contains:
      return has_all(set_of(value), values);
    case Test::subset:
      return has_all(values, set_of(value));
  }
  return false;
}

bool Rule::applies_to(const Attributes& attributes, bool undecided) const {
  return std::all_of(conditions.begin(), conditions.end(),
                     [&](const Condition& condition) { return condition.holds(attributes, undecided); });
}

bool names_action(const std::vector<std::string>& actions, std::string_view action) {
  return std::any_of(actions.begin(), actions.end(),
                     [&](const std::string& named) { return named == action || named == "*"; });
}

bool Policy::holds_for(const Subject& subject) const {
  bool named = !subject.user.empty() && any_names(users, subject.user);
  for (const std::string& group : subject.groups) named = named || any_names(groups, group);
  for (const std::string& urn : urns) {
    named = named || (!subject.urn.empty() && urn == subject.urn) ||
            (!subject.user.empty() && urn == "user:" + subject.user) ||
            (urn.starts_with("group:") && has(subject.groups, urn.substr(6)));
  }
  return named == by;
}

bool Policy::holds_in(std::string_view project_name) const {
  if (project_name.empty()) return application;
  return project && project->matches(project_name, false);
}

}  // namespace qd::acl
