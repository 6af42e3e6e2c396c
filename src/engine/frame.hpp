// What surrounds the steps of a workflow while it runs.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "engine/launcher.hpp"
#include "engine/orchestrator.hpp"
#include "engine/run_log.hpp"
#include "engine/secret_memo.hpp"
#include "engine/shared_data.hpp"
#include "engine/state_tracker.hpp"
#include "engine/step_log.hpp"
#include "model/data_context.hpp"
#include "model/execution.hpp"
#include "model/option_rules.hpp"

namespace qd::engine {

// The nodes that steps of an execution reached. A node that failed once has failed, unless an error handler made it
// good.
struct NodeRecord {
  std::set<std::string> reached, failed;
};

// Shared by all workflows of one execution. References live as long as the execution runs.
struct RunScope {
  const LauncherParts& parts;
  const LauncherConfig& config;
  const model::Execution& execution;
  const std::map<std::string, std::string>& settings;  // framework and project properties
  RunLog& log;
  StateTracker& tracker;
  NodeRecord nodes;
  LogFilters filters;  // of every step
  int references = 0;  // job references that were started
  int step_spans = 0;  // of its trace
  std::shared_ptr<SecretMemo> secrets = std::make_shared<SecretMemo>();

  // For choices at random that must come out the same again within this execution.
  std::string seed(const std::string& part) const {
    return execution.project + "/" + std::to_string(execution.id) + "/" + part;
  }
};

// One workflow under way: the job's own, or that of a job reference.
struct Frame {
  std::shared_ptr<const model::Job> job;
  model::DataContext context;
  model::OptionValues secure;      // option values that only job references and authentication may see
  std::vector<model::Node> nodes;  // unchanged while the workflow runs
  DispatchRule dispatch;
  std::shared_ptr<SharedData> data = std::make_shared<SharedData>();  // what its steps leave to later ones
  std::string project;                                                // whose nodes and jobs are meant by default
  std::string prefix;                                                 // of context paths: "", "2/", "2/3@node=web1/"
  std::vector<std::string> chain;                                     // uuids of the jobs that we are inside of
  base::CancelToken cancel;
  model::WorkflowState* state = nullptr;
  StepLog* outer_log = nullptr;  // of the job reference that this is the workflow of

  NodeRefs all_nodes() const;
  // The filters of a step's output: of every step, of the workflow, of the step itself. `slot` is one for each step or
  // handler of this frame. They live as long as the frame. Errors: a filter that cannot be used.
  Result<const LogFilters*> filters_of(const RunScope& scope, const model::Step& step, std::size_t slot);
  // The context that a step sees now: once for the workflow, or on a node (with the group `node`).
  model::DataContext step_context() const;
  model::DataContext step_context(const model::DataContext& base, const model::Node& node) const;

 private:
  std::map<std::size_t, LogFilters> filters_;
};

}  // namespace qd::engine
