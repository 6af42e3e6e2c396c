// Keeps the step × node state of an execution while it runs.
#pragma once

#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "model/execution.hpp"
#include "model/job.hpp"

namespace qd::engine {

// Is it dispatched to nodes, or run once on the server?
bool is_node_step(const model::Step& step);

// How a step ended on a node, or as a whole.
struct StepEnd {
  bool success = true;
  std::string reason;  // "NonZeroResultCode"…, on failure
  std::string message;
};

// Every method changes the state and calls `changed`. Used on the loop's thread only.
class StateTracker {
 public:
  StateTracker(const Clock& clock, std::function<void()> changed) : clock_(clock), changed_(std::move(changed)) {}

  // Fills `state` with the steps of a workflow that starts on these nodes.
  void begin_workflow(model::WorkflowState& state, const model::Workflow& workflow,
                      const std::vector<std::string>& nodes, const std::string& server_node);
  // What is still waiting did not start; what is still running was aborted, or failed.
  void end_workflow(model::WorkflowState& state, bool success, bool aborted);

  void begin_step(model::WorkflowStepState& step);
  void end_step(model::WorkflowStepState& step, const StepEnd& end, bool aborted);
  void begin_node(model::WorkflowStepState& step, const std::string& node);
  void end_node(model::WorkflowStepState& step, const std::string& node, const StepEnd& end, bool aborted);
  void begin_handler(model::WorkflowStepState& step, const std::vector<std::string>& nodes);
  // Node-first: a step is over when it is over on every node; its state is made of theirs.
  void settle_step(model::WorkflowStepState& step);

 private:
  void close(model::StepState& state, model::RunState final);
  const Clock& clock_;
  std::function<void()> changed_;
  // By step: how many of its nodes are still to end.
  std::unordered_map<const model::WorkflowStepState*, std::size_t> open_nodes_;
};

}  // namespace qd::engine
