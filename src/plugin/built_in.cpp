#include "plugin/built_in.hpp"

#include "plugin/describe.hpp"

namespace qd::plugin {

const std::vector<Provider>& built_in_providers() {
  static const auto* all = [] {
    auto* gathered = new std::vector<Provider>();
    for (const auto& make : {built_in_steps, built_in_log_filters, built_in_rules, built_in_notifications,
                             built_in_executors, built_in_node_sources, built_in_webhooks, built_in_scm}) {
      for (auto& one : make()) gathered->push_back(std::move(one));
    }
    return gathered;
  }();
  return *all;
}

}  // namespace qd::plugin
