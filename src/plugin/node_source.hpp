// Sources of nodes by script plugins.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "node/resource_source.hpp"
#include "plugin/script.hpp"

namespace qd::plugin {

struct NodeSourceParts {
  const ScriptParts& scripts;
  // Framework and project properties, as settings of plugins are looked up in. Blocks.
  std::function<Texts(const std::string& project)> properties;
};

// Its nodes come from the plugin as it is when they are read; without one, reading says so, and which there are.
// `parts` outlive the source.
std::unique_ptr<node::ResourceSource> make_node_source(const NodeSourceParts& parts, const std::string& type,
                                                       const std::string& project, const node::SourceConfig& config);

}  // namespace qd::plugin
