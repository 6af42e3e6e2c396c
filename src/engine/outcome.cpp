#include "engine/outcome.hpp"

#include "base/text.hpp"

namespace qd::engine {

std::vector<std::string> StepOutcome::failed_nodes() const {
  std::vector<std::string> names;
  for (const auto& [node, result] : nodes) {
    if (!result.success) names.push_back(node);
  }
  return names;
}

void WorkflowOutcome::add_failure(std::size_t step, const StepOutcome& outcome) {
  success = false;
  const auto [place, fresh] = step_failures.try_emplace(step, outcome);
  if (!fresh) place->second.nodes.insert(outcome.nodes.begin(), outcome.nodes.end());
  for (const auto& [node, result] : outcome.nodes) {
    if (!result.success) node_failures[node].push_back(result.failure_reason + ": " + result.message);
  }
}

void WorkflowOutcome::add(std::size_t step, const StepOutcome& outcome) {
  if (outcome.halt) halt = outcome.halt;
  if (!outcome.end.success) add_failure(step, outcome);
}

void WorkflowOutcome::merge(const WorkflowOutcome& part) {
  success = success && part.success;
  if (part.halt) halt = part.halt;
  for (const auto& [step, failure] : part.step_failures) add_failure(step, failure);
}

std::string describe(const StepOutcome& outcome) {
  if (!outcome.by_nodes || outcome.nodes.empty()) return outcome.end.reason + ": " + outcome.end.message;
  std::vector<std::string> failures;
  for (const auto& [node, result] : outcome.nodes) {
    if (!result.success) failures.push_back(node + ": " + result.failure_reason + ": " + result.message);
  }
  return "Dispatch failed on " + std::to_string(failures.size()) + " nodes: [" + base::join(failures, ", ") + "]";
}

std::string describe(const WorkflowOutcome& outcome) {
  std::string text = "[Workflow result: ";
  std::vector<std::string> parts;
  for (const auto& [step, failure] : outcome.step_failures) {
    parts.push_back(std::to_string(step) + "=" + describe(failure));
  }
  if (!parts.empty()) text += ", step failures: {" + base::join(parts, ", ") + "}";
  parts.clear();
  for (const auto& [node, failures] : outcome.node_failures) {
    parts.push_back(node + "=[" + base::join(failures, ", ") + "]");
  }
  if (!parts.empty()) text += ", Node failures: {" + base::join(parts, ", ") + "}";
  if (!outcome.exception.empty()) text += ", exception: " + outcome.exception;
  return text + ", status: " + (outcome.success ? "succeeded" : "failed") + "]";
}

}  // namespace qd::engine
