#include "engine/node_selection.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "model/expand.hpp"
#include "model/node_filter.hpp"

namespace qd::engine {

namespace {

constexpr std::int64_t kMaxThreads = 1'000;

void keep_allowed(const LauncherParts& parts, const model::Execution& execution, const std::string& project,
                  NodeChoice& choice) {
  if (!parts.rights.keep_allowed) return;
  const std::size_t matched = choice.nodes.size();
  parts.rights.keep_allowed(execution, project, choice.nodes);
  if (choice.nodes.empty() && matched > 0)
    choice.filter += " (not authorized to run on " + std::to_string(matched) + " node(s) that match)";
}

}  // namespace

std::optional<NodeChoice> server_node_alone(const LauncherParts& parts, const LauncherConfig& config,
                                            const model::Execution& execution) {
  NodeChoice choice;
  choice.nodes = {config.server_node};
  try {
    keep_allowed(parts, execution, execution.project, choice);
  } catch (const store::DatabaseError&) {
    return std::nullopt;
  }
  return choice;
}

NodeChoice choose_nodes(const LauncherParts& parts, const LauncherConfig& config, const model::Execution& execution,
                        const std::optional<model::NodeFilters>& filters, const std::string& project,
                        const model::DataContext& context) {
  NodeChoice choice;
  if (!filters) {
    choice.nodes = {config.server_node};
    keep_allowed(parts, execution, project, choice);
    return choice;
  }
  const auto& rule = filters->dispatch;
  const auto filter = model::NodeFilter::parse(model::expand_text(filters->filter, context),
                                               model::expand_text(filters->filter_exclude, context),
                                               rule.exclude_precedence.value_or(true));
  choice.filter = filter.describe();
  const auto nodes = parts.nodes.nodes(project);
  choice.nodes = filter.select(*nodes);
  keep_allowed(parts, execution, project, choice);
  std::ranges::stable_sort(choice.nodes, [&](const auto& a, const auto& b) {
    return rule.rank_ascending.value_or(true) ? rank_less(a, b, rule.rank_attribute)
                                              : rank_less(b, a, rule.rank_attribute);
  });
  const auto threads = base::parse_int(base::trim(model::expand_text(rule.threadcount.value_or("1"), context)));
  choice.dispatch.threads = static_cast<std::size_t>(std::clamp<std::int64_t>(threads.value_or(1), 1, kMaxThreads));
  choice.dispatch.rank_attribute = rule.rank_attribute;
  choice.dispatch.keepgoing = rule.keepgoing.value_or(false);
  choice.empty_is_fine = rule.success_on_empty_node_filter.value_or(false);
  return choice;
}

}  // namespace qd::engine
