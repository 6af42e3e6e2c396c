// Node enhancers: what a project adds to the nodes that its sources give. Facts: docs/manual/node-enhancers.md of the
// peer's documentation and its public plugin "attribute-match-node-enhancer".
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/node.hpp"

namespace qd::node {

class NodeEnhancer {
 public:
  virtual ~NodeEnhancer() = default;
  virtual void enhance(model::Node& node) const = 0;
};

// `attributeMatch`: match (one `key OP value` a line, OP one of == != =~ !~ !!), add (properties), addTags.
// `icon`: attributeName, attributeValue, iconName, iconColor, iconBadges.
Result<std::unique_ptr<NodeEnhancer>> make_enhancer(const std::string& type,
                                                    const std::map<std::string, std::string>& config);

}  // namespace qd::node
