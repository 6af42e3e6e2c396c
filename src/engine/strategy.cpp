#include "engine/strategy.hpp"

#include <algorithm>

namespace qd::engine {

namespace {

std::vector<StepRule> in_sequence(std::size_t count) {
  std::vector<StepRule> rules(count);
  for (std::size_t i = 1; i < count; ++i) rules[i].after = {i - 1};
  return rules;
}

std::string rules_text(const model::Workflow& workflow) {
  const Json* strategies = find(workflow.plugin_config, "WorkflowStrategy");
  const Json* own = strategies == nullptr ? nullptr : find(*strategies, "ruleset");
  return own != nullptr && own->is_object() ? text_or(own->get_object(), "rules") : "";
}

// Steps in an order in which each comes after those it waits for; shorter than `rules` when some wait for each other.
std::vector<std::size_t> startable(const std::vector<StepRule>& rules) {
  std::vector<std::size_t> order;
  std::vector<bool> done(rules.size());
  for (bool found = true; found;) {
    found = false;
    for (std::size_t i = 0; i < rules.size(); ++i) {
      if (done[i] || !std::ranges::all_of(rules[i].after, [&](std::size_t other) { return done[other]; })) continue;
      done[i] = found = true;
      order.push_back(i);
    }
  }
  return order;
}

Result<void> check_order(const std::vector<StepRule>& rules) {
  const auto order = startable(rules);
  if (order.size() == rules.size()) return {};
  std::string stuck;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (std::ranges::find(order, i) == order.end()) stuck += (stuck.empty() ? "" : ", ") + std::to_string(i + 1);
  }
  return fail(ErrorKind::invalid, "The rules of the workflow let these steps wait for each other: " + stuck);
}

}  // namespace

Result<WorkflowPlan> plan_workflow(const model::Workflow& workflow) {
  WorkflowPlan plan;
  const auto& strategy = workflow.strategy;
  if (strategy.empty() || strategy == "node-first") {
    plan.node_first = true;
  } else if (strategy == "sequential" || strategy == "step-first") {
    plan.rules = in_sequence(workflow.steps.size());
  } else if (strategy == "parallel") {
    plan.rules.resize(workflow.steps.size());
  } else if (strategy == "ruleset") {
    auto rules = parse_ruleset(rules_text(workflow), workflow);
    if (!rules) return fail(rules.error());
    if (auto ordered = check_order(*rules); !ordered) return fail(ordered.error());
    plan.rules = std::move(*rules);
  } else {
    return fail(ErrorKind::invalid, "The workflow strategy '" + strategy +
                                        "' is not available on this server. Use node-first, sequential, parallel or "
                                        "ruleset");
  }
  return plan;
}

}  // namespace qd::engine
