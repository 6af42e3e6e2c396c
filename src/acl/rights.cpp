#include "acl/rights.hpp"

#include <algorithm>
#include <array>
#include <functional>

namespace qd::acl {
namespace {

constexpr std::size_t kMaxContexts = 500;
// A rule is filed under the first of these that it asks for by value: the more a property tells apart, the better.
constexpr std::array kTellingProperties{"uuid", "name", "nodename", "path", "group", "kind", "username", "hostname"};

struct Numbered {
  const Rule* rule;
  std::size_t number;  // order of policies and of rules in them
};
using Rules = std::vector<Numbered>;

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};
using ByValue = std::unordered_map<std::string, Rules, TextHash, std::equal_to<>>;

// The value that the condition wants of its property, when there is only one.
const std::string* wanted_value(const Condition& condition) {
  if (condition.test == Condition::Test::equals) return condition.values.empty() ? nullptr : &condition.values.front();
  if (condition.test != Condition::Test::match) return nullptr;
  for (const TextPattern& pattern : condition.patterns) {
    if (const std::string* only = pattern.only()) return only;
  }
  return nullptr;
}

// "web/" of "web/front": the first part of a path, which patterns of groups and of storage paths begin with.
std::string_view first_part(std::string_view text) {
  const std::size_t slash = text.find('/');
  return slash == std::string_view::npos ? std::string_view() : text.substr(0, slash + 1);
}

// The first part that every value must have which the condition takes; "": none.
std::string_view wanted_part(const Condition& condition) {
  if (condition.test != Condition::Test::match) return {};
  for (const TextPattern& pattern : condition.patterns) {
    if (const auto part = first_part(pattern.prefix()); !part.empty()) return part;
  }
  return {};
}

// The rules of one type.
struct TypeRules {
  Rules others;  // that name no value
  std::map<std::string, ByValue, std::less<>> by_property, by_part;

  bool file(const Numbered& numbered, const char* property) {
    for (const Condition& condition : numbered.rule->conditions) {
      if (condition.property != property) continue;
      if (const std::string* value = wanted_value(condition)) {
        by_property[property][*value].push_back(numbered);
        return true;
      }
      if (const auto part = wanted_part(condition); !part.empty()) {
        by_part[property][std::string(part)].push_back(numbered);
        return true;
      }
    }
    return false;
  }

  void add(const Numbered& numbered) {
    for (const char* property : kTellingProperties) {
      if (file(numbered, property)) return;
    }
    others.push_back(numbered);
  }

  template <class Visit>
  void visit(const Attributes& attributes, Visit visit_rules) const {
    visit_rules(others);
    visit_filed(
        by_property, attributes, [](const std::string& text) { return std::string_view(text); }, visit_rules);
    visit_filed(
        by_part, attributes, [](const std::string& text) { return first_part(text); }, visit_rules);
  }

  // `key` is what the rules are filed under of an attribute's text.
  template <class Key, class Visit>
  static void visit_filed(const std::map<std::string, ByValue, std::less<>>& filed, const Attributes& attributes,
                          Key key, Visit& visit_rules) {
    for (const auto& [property, values] : filed) {
      const auto attribute = attributes.find(property);
      if (attribute == attributes.end()) continue;
      const auto* text = std::get_if<std::string>(&attribute->second);
      if (text == nullptr) {
        for (const auto& [value, rules] : values) visit_rules(rules);
        continue;
      }
      if (const auto found = values.find(key(*text)); found != values.end()) visit_rules(found->second);
    }
  }
};

}  // namespace

struct Rights::Context {
  std::map<std::string, TypeRules, std::less<>> types;
  bool any_policy = false;

  Context(const std::vector<const Policy*>& policies, std::string_view project) {
    std::size_t number = 0;
    for (const Policy* policy : policies) {
      if (!policy->holds_in(project)) continue;
      any_policy = true;
      for (const Rule& rule : policy->rules) types[rule.type].add({&rule, number++});
    }
  }
};

Rights::Rights(std::shared_ptr<const Policies> policies, Subject subject)
    : policies_(std::move(policies)), subject_(std::move(subject)) {
  for (const auto& policy : *policies_) {
    if (policy->holds_for(subject_)) concerning_.push_back(policy.get());
  }
  application_ = std::make_shared<const Context>(concerning_, "");
}

Rights::~Rights() = default;

std::shared_ptr<const Rights::Context> Rights::context_of(std::string_view project) const {
  if (project.empty()) return application_;
  auto known = projects_.with([&](const Contexts& contexts) -> std::shared_ptr<const Context> {
    const auto found = contexts.find(project);
    return found == contexts.end() ? nullptr : found->second;
  });
  if (known) return known;
  auto fresh = std::make_shared<const Context>(concerning_, project);
  projects_.with([&](Contexts& contexts) {
    if (contexts.size() >= kMaxContexts) contexts.clear();
    contexts.insert_or_assign(std::string(project), fresh);
  });
  return fresh;
}

Verdict Rights::decide(std::string_view project, std::string_view type, const Attributes& attributes,
                       std::string_view action) const {
  const auto context = context_of(project);
  Verdict verdict;
  verdict.any_policy = context->any_policy;
  const auto rules = context->types.find(type);
  if (rules == context->types.end() || action.empty()) return verdict;
  std::size_t decided_by = 0;
  rules->second.visit(attributes, [&](const Rules& candidates) {
    for (const Numbered& candidate : candidates) {
      const Rule& rule = *candidate.rule;
      const bool denies = names_action(rule.deny, action);
      if (!denies && (verdict.outcome == Verdict::Outcome::denied || !names_action(rule.allow, action))) continue;
      const auto outcome = denies ? Verdict::Outcome::denied : Verdict::Outcome::allowed;
      const bool earlier = verdict.outcome == outcome && decided_by < candidate.number;
      if (earlier || !rule.applies_to(attributes, denies)) continue;
      verdict.outcome = outcome;
      verdict.rule = &rule;
      decided_by = candidate.number;
    }
  });
  return verdict;
}

}  // namespace qd::acl
