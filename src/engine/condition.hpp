// Comparisons of context values: of the rule set strategy and of conditional steps. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"
#include "model/data_context.hpp"

namespace qd::engine {

struct Condition {
  enum class Test { equal, not_equal, match, no_match, contains, unset, at_least, at_most, more, less };
  std::string key;  // "option.env", without ${}
  Test test = Test::equal;
  std::string value;    // may hold references
  bool unless = false;  // holds when the test does not
};

using AllOf = std::vector<Condition>;  // none: always true
using AnyOf = std::vector<AllOf>;      // none: always true

// "option.env==QA", "data.count>=3", "!option.x". Text compares exactly, =~ and !~ take a regular expression for the
// whole value, < and > compare numbers. The error says what is accepted.
Result<Condition> parse_condition(std::string_view text);

// The `conditionGroups` of a conditional step: [[{"key", "operator", "value"}, …], …], lists of which one must hold as
// a whole. Operators: == != > < >= <= contains matches.
Result<AnyOf> parse_condition_groups(const Json& groups);

bool holds(const Condition& condition, const model::DataContext& context);
bool holds(const AnyOf& conditions, const model::DataContext& context);

}  // namespace qd::engine
