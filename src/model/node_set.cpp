#include "model/node_set.hpp"

#include <algorithm>

namespace qd::model {

NodeSet::NodeSet(std::vector<Node> nodes) : nodes_(std::move(nodes)) {
  const auto by_name = [](const Node& a, const Node& b) { return a.name < b.name; };
  if (!std::ranges::is_sorted(nodes_, by_name)) std::ranges::stable_sort(nodes_, by_name);
  auto kept = nodes_.begin();
  for (auto node = nodes_.begin(); node != nodes_.end(); ++node) {
    const bool repeated = std::next(node) != nodes_.end() && std::next(node)->name == node->name;
    if (repeated) continue;
    if (kept != node) *kept = std::move(*node);
    ++kept;
  }
  nodes_.erase(kept, nodes_.end());
  for (std::uint32_t at = 0; at < nodes_.size(); ++at) {
    for (const std::string& tag : nodes_[at].tags) tags_[tag].push_back(at);
  }
}

const Node* NodeSet::find(std::string_view name) const {
  const auto place = std::ranges::lower_bound(nodes_, name, std::less<>(),
                                              [](const Node& node) { return std::string_view(node.name); });
  return place != nodes_.end() && place->name == name ? &*place : nullptr;
}

std::span<const std::uint32_t> NodeSet::tagged(std::string_view tag) const {
  const auto found = tags_.find(tag);
  return found == tags_.end() ? std::span<const std::uint32_t>() : std::span(found->second);
}

std::vector<std::pair<std::string, std::size_t>> NodeSet::tag_counts() const {
  std::vector<std::pair<std::string, std::size_t>> counts;
  counts.reserve(tags_.size());
  for (const auto& [tag, places] : tags_) counts.emplace_back(tag, places.size());
  std::ranges::sort(counts);
  return counts;
}

void NodeMerger::reserve(std::size_t nodes) {
  nodes_.reserve(nodes);
  places_.reserve(nodes);
}

void NodeMerger::add(const std::vector<Node>& nodes) {
  for (const Node& node : nodes) {
    const auto [place, fresh] = places_.try_emplace(node.name, nodes_.size());
    if (fresh) {
      nodes_.push_back(node);
    } else if (!merge_attributes_) {
      nodes_[place->second] = node;
    } else {
      Node& known = nodes_[place->second];
      for (const auto& [key, value] : node.attributes) known.attributes[key] = value;
      known.tags.insert(node.tags.begin(), node.tags.end());
    }
  }
}

}  // namespace qd::model
