// What a project's configuration says of its nodes. Internal to node/.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "node/node_enhancers.hpp"
#include "node/resource_source.hpp"

namespace qd::node {

struct PluginConfig {
  std::string type;
  SourceConfig config;
  std::string identity() const;  // equal for equal type and configuration
};

struct NodeRules {
  std::vector<PluginConfig> sources, enhancers;
  bool merge_attributes = true;
  bool cached = true;      // project.nodeCache.enabled
  bool wait_first = true;  // project.nodeCache.firstLoadSynch
  Millis keep{30'000};     // project.nodeCache.delay: remote sources are not read more often
};

NodeRules read_node_rules(const SourceConfig& project_config);
// Equal as long as nothing that read_node_rules looks at has changed.
std::string node_rules_fingerprint(const SourceConfig& project_config);
// Enhancers that cannot be made are left out, and logged.
std::vector<std::shared_ptr<const NodeEnhancer>> make_enhancers(const std::string& project, const NodeRules& rules);

}  // namespace qd::node
