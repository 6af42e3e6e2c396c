// Strategies of workflows and orchestrators of nodes that are built in; engine/strategy and engine/orchestrator are
// what they do.
#include "plugin/describe.hpp"

namespace qd::plugin {

std::vector<Provider> built_in_rules() {
  return {
      Description(service::strategy, "node-first", "Node First", "All steps on a node, then the next node."),
      Description(service::strategy, "parallel", "Parallel", "All steps at once."),
      Description(service::strategy, "sequential", "Sequential", "Each step on all nodes, then the next step."),
      Description(service::strategy, "ruleset", "Ruleset", "As rules say.")
          .lines("rules", "Rules", "[*] run-in-sequence")
          .needed(),
      Description(service::orchestrator, "subset", "Random Subset", "Some of the nodes, by chance.")
          .number("count", "How many nodes")
          .standard("1")
          .needed(),
      Description(service::orchestrator, "maxPercentage", "Max Percentage", "At most a part of the nodes at once.")
          .number("percent", "How many of a hundred")
          .standard("33")
          .needed(),
      Description(service::orchestrator, "rankTiered", "Rank Tiered",
                  "Nodes of one rank after those of another; the job says which attribute is the rank."),
      Description(service::orchestrator, "orchestrator-highest-lowest-attribute", "Highest/Lowest attribute",
                  "The node with the highest or lowest value of an attribute.")
          .text("attribute", "Attribute")
          .needed()
          .choice("sort", "Which node", {{"highest", "With the highest value"}, {"lowest", "With the lowest value"}})
          .standard("highest")
          .needed(),
  };
}

}  // namespace qd::plugin
