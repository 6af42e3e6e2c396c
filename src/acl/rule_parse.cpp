#include "acl/rule_parse.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace qd::acl {
namespace {

using Test = Condition::Test;

tl::unexpected<Error> flaw(std::string text) {
  return fail(ErrorKind::invalid, std::move(text));
}

Result<std::vector<std::string>> read_actions(const JsonObject& rule, const std::string& section) {
  const Json* value = find(rule, section);
  if (value == nullptr || value->is_null()) return std::vector<std::string>{};
  if (value->is_string()) return std::vector<std::string>{std::string(value->get_string())};
  const JsonArray* list = value->if_array();
  if (list == nullptr) {
    return flaw("Section '" + section + ":' expected a String or a sequence of Strings, but was a " +
                kind_name(*value));
  }
  if (list->empty()) return flaw("Section '" + section + ":' should not be empty");
  std::vector<std::string> actions;
  for (const Json& action : *list) {
    if (!action.is_string()) {
      return flaw("Section '" + section + ":' expected a String or a sequence of Strings, but it holds a " +
                  kind_name(action));
    }
    actions.emplace_back(action.get_string());
  }
  return actions;
}

Result<Condition> read_condition(const std::string& section, Test test, const std::string& property,
                                 const Json& value) {
  const std::string where = "Section '" + section + ":' ";
  if (value.is_null()) return flaw(where + "value for key: '" + property + "' cannot be null");
  if (property == "allow" || property == "deny") return flaw(where + "should not contain 'allow:' or 'deny:'");
  if (test == Test::contains && property != "tags" && property != "roles") {
    return flaw(where + "can only be applied to: 'tags'");
  }
  Condition condition;
  condition.test = test;
  condition.property = property;
  const JsonArray single{value};
  const JsonArray* list = value.if_array();
  if (list != nullptr && test == Test::equals) return condition;  // never holds, as with the peer
  for (const Json& one : list != nullptr ? *list : single) {
    const auto text = scalar_text(one);
    if (!text) {
      return flaw(where + "value for key: '" + property + "' should be a String or a sequence of Strings, but saw a " +
                  kind_name(one));
    }
    if (test == Test::match) {
      condition.patterns.push_back(TextPattern::regex(*text));
    } else {
      condition.values.push_back(*text);
    }
  }
  return condition;
}

}  // namespace

std::string kind_name(const Json& value) {
  if (value.is_null()) return "null";
  if (value.is_string()) return "String";
  if (value.is_bool()) return "boolean";
  if (value.is_number()) return "number";
  return value.is_array() ? "list" : "map";
}

Result<Rule> read_rule(const Json& json, bool may_allow) {
  const JsonObject* object = json.if_object();
  if (object == nullptr) return flaw("expected a Map but saw: " + kind_name(json));
  Rule rule;
  rule.text = boost::json::serialize(json);
  auto allow = read_actions(*object, "allow");
  if (!allow) return fail(allow.error());
  auto deny = read_actions(*object, "deny");
  if (!deny) return fail(deny.error());
  if (!may_allow && !allow->empty()) return flaw("below 'notBy:' there can only be 'deny:', not 'allow:'");
  if (allow->empty() && deny->empty()) return flaw("One of 'allow:' or 'deny:' must be present.");
  rule.allow = std::move(*allow);
  rule.deny = std::move(*deny);

  // Cheap tests come first.
  constexpr std::array sections{std::pair{"equals", Test::equals}, std::pair{"contains", Test::contains},
                                std::pair{"subset", Test::subset}, std::pair{"match", Test::match}};
  for (const auto& [section, test] : sections) {
    const Json* value = find(*object, section);
    if (value == nullptr || value->is_null()) continue;
    const JsonObject* properties = value->if_object();
    if (properties == nullptr) return flaw(std::string("Section '") + section + ":' should be a map of properties");
    if (properties->empty()) return flaw(std::string("Section '") + section + ":' should not be empty.");
    for (const auto& [property, wanted] : *properties) {
      auto condition = read_condition(section, test, std::string(property), wanted);
      if (!condition) return fail(condition.error());
      rule.conditions.push_back(std::move(*condition));
    }
  }
  for (const auto& [key, value] : *object) {
    const bool known = key == "allow" || key == "deny" || key == "description" || key == "match" || key == "equals" ||
                       key == "contains" || key == "subset";
    if (!known) return flaw("Unknown property: " + std::string(key));
  }
  return rule;
}

}  // namespace qd::acl
