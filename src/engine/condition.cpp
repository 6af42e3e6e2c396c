#include "engine/condition.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "model/expand.hpp"
#include "model/regex.hpp"

namespace qd::engine {

namespace {

using Test = Condition::Test;

// Longer ones first, so that ">=" is not read as ">".
constexpr std::pair<std::string_view, Test> kOperators[] = {
    {"==", Test::equal},    {"!=", Test::not_equal}, {"=~", Test::match}, {"!~", Test::no_match},
    {">=", Test::at_least}, {"<=", Test::at_most},   {">", Test::more},   {"<", Test::less}};

std::optional<double> number_in(std::string_view text) {
  const auto trimmed = base::trim(text);
  double value = 0;
  const auto end = trimmed.data() + trimmed.size();
  const auto parsed = std::from_chars(trimmed.data(), end, value);
  if (trimmed.empty() || parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return value;
}

bool compare(Test test, const std::string& left, const std::string& right) {
  const auto a = number_in(left), b = number_in(right);
  if (!a || !b) return false;
  switch (test) {
    case Test::at_least:
      return *a >= *b;
    case Test::at_most:
      return *a <= *b;
    case Test::more:
      return *a > *b;
    default:
      return *a < *b;
  }
}

bool matches_pattern(const std::string& value, const std::string& pattern) {
  const auto regex = model::Regex::compile(pattern);
  return regex ? regex->matches(value) : value == pattern;
}

bool test_value(const Condition& condition, const std::optional<std::string>& value, const std::string& right) {
  switch (condition.test) {
    case Test::unset:
      return !value || value->empty();
    case Test::equal:
      return value && *value == right;
    case Test::not_equal:
      return !value || *value != right;
    case Test::match:
      return value && matches_pattern(*value, right);
    case Test::no_match:
      return !value || !matches_pattern(*value, right);
    case Test::contains:
      return value && value->find(right) != std::string::npos;
    default:
      return value && compare(condition.test, *value, right);
  }
}

std::string bare_key(std::string_view key) {
  auto text = base::trim(key);
  if (text.starts_with("${") && text.ends_with("}")) text = text.substr(2, text.size() - 3);
  return std::string(text);
}

tl::unexpected<Error> broken_condition(std::string_view text) {
  return fail(ErrorKind::invalid, "'" + std::string(text) +
                                      "' is no condition. Write group.name==text, or one of the operators != =~ !~ >= "
                                      "<= > <, or !group.name for a value that is not set");
}

Result<Condition> decode_condition(const Json& entry) {
  if (!entry.is_object()) return broken_condition(boost::json::serialize(entry));
  const auto& object = entry.get_object();
  Condition condition;
  condition.key = bare_key(text_or(object, "key"));
  condition.value = text_or(object, "value");
  const auto name = text_or(object, "operator");
  if (condition.key.empty()) return fail(ErrorKind::invalid, "A condition has no key");
  if (name == "contains" || name == "matches") {
    condition.test = name == "contains" ? Test::contains : Test::match;
    return condition;
  }
  for (const auto& [symbol, test] : kOperators) {
    if (name != symbol || test == Test::match || test == Test::no_match) continue;
    condition.test = test;
    return condition;
  }
  return fail(ErrorKind::invalid, "The operator '" + name + "' of the condition on " + condition.key +
                                      " is not valid. Valid operators: ==, !=, >, <, >=, <=, contains, matches");
}

}  // namespace

Result<Condition> parse_condition(std::string_view text) {
  Condition condition;
  std::size_t first = std::string_view::npos, length = 0;
  for (const auto& [symbol, test] : kOperators) {
    const auto at = text.find(symbol, 1);
    if (at == std::string_view::npos || at >= first) continue;
    first = at;
    length = symbol.size();
    condition.test = test;
  }
  if (first == std::string_view::npos) {
    if (!text.starts_with('!') || text.size() < 2) return broken_condition(text);
    condition.test = Test::unset;
    condition.key = bare_key(text.substr(1));
    return condition;
  }
  condition.key = bare_key(text.substr(0, first));
  condition.value = std::string(text.substr(first + length));
  if (condition.key.empty()) return broken_condition(text);
  return condition;
}

Result<AnyOf> parse_condition_groups(const Json& groups) {
  AnyOf any;
  if (!groups.is_array()) return fail(ErrorKind::invalid, "conditionGroups must be a list of lists of conditions");
  for (const auto& group : groups.get_array()) {
    if (!group.is_array()) return fail(ErrorKind::invalid, "A condition group must be a list of conditions");
    AllOf all;
    for (const auto& entry : group.get_array()) {
      auto condition = decode_condition(entry);
      if (!condition) return fail(condition.error());
      all.push_back(std::move(*condition));
    }
    any.push_back(std::move(all));
  }
  return any;
}

bool holds(const Condition& condition, const model::DataContext& context) {
  return test_value(condition, context.resolve(condition.key), model::expand_text(condition.value, context)) !=
         condition.unless;
}

bool holds(const AnyOf& conditions, const model::DataContext& context) {
  if (conditions.empty()) return true;
  return std::ranges::any_of(conditions, [&](const AllOf& all) {
    return std::ranges::all_of(all, [&](const Condition& condition) { return holds(condition, context); });
  });
}

}  // namespace qd::engine
