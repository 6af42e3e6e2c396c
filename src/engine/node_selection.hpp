// Which nodes a job runs on, and how many at once.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/frame.hpp"

namespace qd::engine {

struct NodeChoice {
  std::vector<model::Node> nodes;  // in the order in which they are taken
  DispatchRule dispatch;
  std::string filter;          // as a message shows it
  bool empty_is_fine = false;  // a filter that matches nothing is a success
};

// `filters` absent means the server node. References in filter and thread count are filled from `context`. Blocks when
// the project's nodes must be fetched. Leaves out nodes that `execution` may not run on.
NodeChoice choose_nodes(const LauncherParts& parts, const LauncherConfig& config, const model::Execution& execution,
                        const std::optional<model::NodeFilters>& filters, const std::string& project,
                        const model::DataContext& context);

// The same for a job without filters; nullopt: its rights cannot be read at the moment.
std::optional<NodeChoice> server_node_alone(const LauncherParts& parts, const LauncherConfig& config,
                                            const model::Execution& execution);

}  // namespace qd::engine
