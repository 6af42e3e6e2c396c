#include "engine/frame.hpp"

namespace qd::engine {

NodeRefs Frame::all_nodes() const {
  NodeRefs refs;
  refs.reserve(nodes.size());
  for (const auto& node : nodes) refs.push_back(&node);
  return refs;
}

Result<const LogFilters*> Frame::filters_of(const RunScope& scope, const model::Step& step, std::size_t slot) {
  if (const auto known = filters_.find(slot); known != filters_.end()) return &known->second;
  LogFilters filters;
  if (outer_log == nullptr) filters = scope.filters;  // else they are applied there
  for (const auto* plugins : {&job->workflow.plugin_config, &step.plugins}) {
    auto own = log_filters(*plugins);
    if (!own) return fail(own.error());
    for (auto& filter : *own) filters.push_back(std::move(filter));
  }
  return &(filters_[slot] = std::move(filters));
}

model::DataContext Frame::step_context() const {
  auto now = context;
  now.set_scopes(data);
  data->add_to(now);
  return now;
}

model::DataContext Frame::step_context(const model::DataContext& base, const model::Node& node) const {
  auto now = base;
  now.set_scopes(data);
  data->add_to(now, node.name);
  now.set_group("node", model::node_group(node));
  return now;
}

}  // namespace qd::engine
