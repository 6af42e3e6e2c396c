// All nodes of a project at one moment, with indexes for what filters ask most: names and tags.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/node.hpp"

namespace qd::model {

// Immutable, and then shared by everybody who looks at the same moment.
class NodeSet {
 public:
  NodeSet() = default;
  explicit NodeSet(std::vector<Node> nodes);  // of several with one name the last stays
  NodeSet(const NodeSet&) = delete;
  NodeSet& operator=(const NodeSet&) = delete;

  const std::vector<Node>& nodes() const { return nodes_; }  // by name
  std::size_t size() const { return nodes_.size(); }
  const Node* find(std::string_view name) const;
  // Where in nodes() those with this tag stand, ascending.
  std::span<const std::uint32_t> tagged(std::string_view tag) const;
  std::vector<std::pair<std::string, std::size_t>> tag_counts() const;  // by tag

 private:
  std::vector<Node> nodes_;
  std::unordered_map<std::string_view, std::vector<std::uint32_t>> tags_;  // keys live in nodes_
};

using Nodes = std::shared_ptr<const NodeSet>;

// Nodes of several sources as one list.
class NodeMerger {
 public:
  // With `merge_attributes` false, a node that a later source names again is replaced; else its tags are joined and its
  // attributes set over the earlier ones.
  explicit NodeMerger(bool merge_attributes = true) : merge_attributes_(merge_attributes) {}
  void reserve(std::size_t nodes);
  void add(const std::vector<Node>& nodes);
  std::vector<Node> take() { return std::move(nodes_); }  // ends its use

 private:
  bool merge_attributes_;
  std::vector<Node> nodes_;
  std::unordered_map<std::string, std::size_t> places_;
};

}  // namespace qd::model
