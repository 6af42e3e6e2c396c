// Which of the matched nodes a workflow uses, and how it paces them: the orchestrators. Pure.
//
// Provider names and settings are the peer's: `subset` {count}, `rankTiered`, `maxPercentage` {percent},
// `orchestrator-highest-lowest-attribute` {attribute, sort: highest | lowest}.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/job.hpp"
#include "model/node.hpp"

namespace qd::engine {

using NodeRefs = std::vector<const model::Node*>;

// How node steps are spread over nodes.
struct DispatchRule {
  std::size_t threads = 1;
  bool keepgoing = false;  // other nodes go on when one fails
  std::string rank_attribute;
  std::optional<double> percent;  // at most this part of the nodes at once
  bool tiered = false;            // nodes of one rank at a time
};

// Takes the nodes that the orchestrator chooses out of `nodes` (in the order of their rank) and sets its pace in
// `rule`. A random choice depends on `seed` alone. Errors: no such orchestrator, or bad settings.
Result<void> orchestrate(const std::optional<model::PluginUse>& orchestrator, std::string_view seed,
                         std::vector<model::Node>& nodes, DispatchRule& rule);

// Paces one dispatch over `nodes`.
class Pace {
 public:
  Pace(const DispatchRule& rule, const NodeRefs& nodes);
  // May nodes[index] start while `running` are under way? Nodes start in their order.
  bool may_start(std::size_t index, std::size_t running) const;

 private:
  const NodeRefs& nodes_;
  std::string rank_attribute_;
  std::size_t at_once_;
  bool tiered_;
};

// Orders nodes by an attribute, numbers as numbers, nodes without it last; "" orders by name.
bool rank_less(const model::Node& a, const model::Node& b, const std::string& attribute);

}  // namespace qd::engine
