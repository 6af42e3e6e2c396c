// Reads the rules of the rule set strategy.
#include <algorithm>
#include <optional>
#include <set>

#include "base/text.hpp"
#include "engine/strategy.hpp"
#include "model/arg_string.hpp"

namespace qd::engine {

namespace {

using Steps = std::set<std::size_t>;

constexpr std::size_t kMaxRules = 10'000;
constexpr std::string_view kAfter = "run-after:", kIf = "if:", kUnless = "unless:";

// What the lines said about one step so far.
struct Gathered {
  bool at_start = false, in_sequence = false, conditions = false;
  Steps after;
  AnyOf when;
};

std::optional<std::size_t> step_named(const model::Workflow& workflow, std::string_view name) {
  const auto wanted = base::trim(name);
  if (const auto number = base::parse_int(wanted)) {
    const bool exists = *number >= 1 && static_cast<std::size_t>(*number) <= workflow.steps.size();
    return exists ? std::optional(static_cast<std::size_t>(*number) - 1) : std::nullopt;
  }
  for (std::size_t i = 0; i < workflow.steps.size(); ++i) {
    if (!wanted.empty() && base::trim(workflow.steps[i].description) == wanted) return i;
  }
  return std::nullopt;
}

// "2-4": both ends are there.
std::optional<std::pair<std::size_t, std::size_t>> range_in(const model::Workflow& workflow, std::string_view text) {
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto from = base::parse_int(base::trim(text.substr(0, dash)));
  const auto to = base::parse_int(base::trim(text.substr(dash + 1)));
  if (!from || !to || *from < 1 || *to < *from) return std::nullopt;
  if (static_cast<std::size_t>(*to) > workflow.steps.size()) return std::nullopt;
  return std::pair(static_cast<std::size_t>(*from) - 1, static_cast<std::size_t>(*to) - 1);
}

Result<Steps> parse_steps(std::string_view text, const model::Workflow& workflow) {
  Steps steps;
  if (const auto whole = step_named(workflow, text)) return Steps{*whole};  // a label may hold commas
  for (const auto& part : base::split(text, ',')) {
    const auto word = base::trim(part);
    if (word == "*") {
      for (std::size_t i = 0; i < workflow.steps.size(); ++i) steps.insert(i);
    } else if (const auto step = step_named(workflow, word)) {
      steps.insert(*step);
    } else if (const auto range = range_in(workflow, word)) {
      for (std::size_t i = range->first; i <= range->second; ++i) steps.insert(i);
    } else {
      return fail(ErrorKind::invalid, "the workflow has no step '" + std::string(word) + "'");
    }
  }
  return steps;
}

Result<void> read_word(std::string_view word, const model::Workflow& workflow, Gathered& line) {
  if (word == "run-at-start") {
    line.at_start = true;
  } else if (word == "run-in-sequence") {
    line.in_sequence = true;
  } else if (word.starts_with(kAfter)) {
    auto steps = parse_steps(word.substr(kAfter.size()), workflow);
    if (!steps) return fail(steps.error());
    line.after.merge(*steps);
  } else if (word.starts_with(kIf) || word.starts_with(kUnless)) {
    const bool unless = word.starts_with(kUnless);
    auto condition = parse_condition(word.substr(unless ? kUnless.size() : kIf.size()));
    if (!condition) return fail(condition.error());
    condition->unless = unless;
    if (line.when.empty()) line.when.emplace_back();
    line.when.front().push_back(std::move(*condition));
  } else {
    return fail(ErrorKind::invalid, "'" + std::string(word) +
                                        "' is neither run-at-start, run-in-sequence, run-after:STEPS, if:CONDITION nor "
                                        "unless:CONDITION");
  }
  return {};
}

void add_line(Gathered& step, const Gathered& line) {
  step.at_start = step.at_start || line.at_start;
  step.in_sequence = step.in_sequence || line.in_sequence;
  step.after.insert(line.after.begin(), line.after.end());
  step.when.insert(step.when.end(), line.when.begin(), line.when.end());
}

Result<void> read_line(std::string_view text, const model::Workflow& workflow, std::vector<Gathered>& steps) {
  const auto close = text.find(']');
  if (!text.starts_with('[') || close == std::string_view::npos) {
    return fail(ErrorKind::invalid, "it must begin with the steps that it is for, as [1] or [*]");
  }
  const auto named = parse_steps(text.substr(1, close - 1), workflow);
  if (!named) return fail(named.error());
  Gathered line;
  const auto words = model::split_args(text.substr(close + 1));
  if (words.empty()) return fail(ErrorKind::invalid, "it has neither a directive nor a condition");
  for (const auto& word : words) {
    if (auto read = read_word(word, workflow, line); !read) return read;
  }
  for (const auto step : *named) add_line(steps[step], line);
  return {};
}

StepRule rule_of(Gathered gathered, std::size_t step) {
  StepRule rule;
  rule.when = std::move(gathered.when);
  if (gathered.at_start) return rule;
  const bool in_sequence = gathered.in_sequence || (gathered.after.empty() && !rule.when.empty());
  if (in_sequence && step > 0) gathered.after.insert(step - 1);
  rule.after.assign(gathered.after.begin(), gathered.after.end());
  return rule;
}

}  // namespace

Result<std::vector<StepRule>> parse_ruleset(std::string_view rules, const model::Workflow& workflow) {
  std::vector<Gathered> steps(workflow.steps.size());
  std::size_t number = 0;
  for (const auto& raw : base::split(rules, '\n')) {
    const auto text = base::trim(raw);
    if (++number > kMaxRules) return fail(ErrorKind::invalid, "The workflow has more than 10000 lines of rules");
    if (text.empty() || text.starts_with('#')) continue;
    if (auto read = read_line(text, workflow, steps); !read) {
      return fail(ErrorKind::invalid, "Line " + std::to_string(number) + " of the workflow's rules, '" +
                                          std::string(text) + "': " + read.error().message);
    }
  }
  std::vector<StepRule> result;
  for (std::size_t i = 0; i < steps.size(); ++i) result.push_back(rule_of(std::move(steps[i]), i));
  return result;
}

}  // namespace qd::engine
