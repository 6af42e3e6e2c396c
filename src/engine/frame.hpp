// What surrounds the steps of a workflow while it runs.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "engine/launcher.hpp"
#include "engine/run_log.hpp"
#include "engine/state_tracker.hpp"
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
  int references = 0;  // job references that were started
};

// How node steps are spread over nodes.
struct DispatchRule {
  std::size_t threads = 1;
  bool keepgoing = false;  // other nodes go on when one fails
};

// One workflow under way: the job's own, or that of a job reference.
struct Frame {
  std::shared_ptr<const model::Job> job;
  model::DataContext context;
  model::OptionValues secure;  // option values that only job references and authentication may see
  std::vector<model::Node> nodes;
  DispatchRule dispatch;
  std::string project;             // whose nodes and jobs are meant by default
  std::string prefix;              // of context paths: "", "2/", "2/3@node=web1/"
  std::vector<std::string> chain;  // uuids of the jobs that we are inside of
  base::CancelToken cancel;
  model::WorkflowState* state = nullptr;
};

}  // namespace qd::engine
