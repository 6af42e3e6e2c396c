// How steps and workflows ended, and the words for it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/state_tracker.hpp"
#include "node/executor.hpp"

namespace qd::engine {

// A step asked its workflow to end here, without running what follows.
struct Halt {
  bool success = false;
  std::string status;  // of the execution, when it is one of its own
};

struct StepOutcome {
  StepEnd end;
  bool by_nodes = false;                          // it was dispatched to nodes
  std::map<std::string, node::NodeResult> nodes;  // results of those that it reached
  std::optional<Halt> halt;

  static StepOutcome success() { return {}; }
  static StepOutcome failure(std::string reason, std::string message) {
    return {{false, std::move(reason), std::move(message)}, false, {}, {}};
  }
  std::vector<std::string> failed_nodes() const;
};

struct WorkflowOutcome {
  bool success = true;
  std::map<std::size_t, StepOutcome> step_failures;               // by step number, from 1
  std::map<std::string, std::vector<std::string>> node_failures;  // by node, one text per failed step
  std::string exception;                                          // why it could not run at all
  std::optional<Halt> halt;                                       // it was ended by a step

  // Takes in how step number `step` ended, or what a part of the workflow came to.
  void add(std::size_t step, const StepOutcome& outcome);
  void merge(const WorkflowOutcome& part);

 private:
  void add_failure(std::size_t step, const StepOutcome& outcome);
};

// "NonZeroResultCode: Result code was 3", or "Dispatch failed on 1 nodes: [web1: NonZeroResultCode: …]".
std::string describe(const StepOutcome& outcome);
// "[Workflow result: , step failures: {1=…}, Node failures: {web1=[…]}, status: failed]"
std::string describe(const WorkflowOutcome& outcome);

}  // namespace qd::engine
