// The node filter language: `tags: www+prod hostname: dev1,dev2 !name: web3`.
//
// A filter is a list of `attribute: value` clauses; a value alone is one for `name`; `!` before the attribute excludes.
// A value is a regular expression that must match the whole attribute, or a comma-separated list of exact values; tags
// take sets: "a+b" both, "a,b" either. Clauses on one attribute are joined with commas. Words may be quoted as in
// argument strings. Source: docs/manual/11-node-filters.md of the peer's documentation.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/node.hpp"
#include "model/node_set.hpp"

namespace qd::model {

// A value; matching is thread-safe. Broken regular expressions match only the text itself, as in the peer.
class NodeFilter {
 public:
  // `exclude` is a second filter whose clauses are excluded (old job files have one). With `exclude_precedence` false a
  // node that is both included and excluded is taken.
  static NodeFilter parse(std::string_view filter, std::string_view exclude = {}, bool exclude_precedence = true);

  // A filter without any clause matches no node; one with only excluding clauses matches all the others.
  bool matches(const Node& node) const;
  // Where those that match stand in nodes.nodes(), ascending. Plain names and tags are looked up, not searched.
  std::vector<std::uint32_t> find(const NodeSet& nodes) const;
  std::vector<Node> select(const NodeSet& nodes) const;            // copies of them, by name
  std::vector<Node> select(const std::vector<Node>& nodes) const;  // those that match, in their order
  bool empty() const { return include_.empty() && exclude_.empty(); }

  // For messages: "{name=web.*, tags=a+b}" of the including clauses, "" without any.
  std::string describe() const;

 private:
  struct Clause;
  using Clauses = std::vector<std::shared_ptr<const Clause>>;
  static Clauses compile(const std::map<std::string, std::string>& clauses);
  static bool all_match(const Clauses& clauses, const Node& node);
  // The nodes that can match at all, as an index knows; nullopt: any.
  std::optional<std::vector<std::uint32_t>> candidates(const NodeSet& nodes) const;

  Clauses include_;
  Clauses exclude_;
  bool exclude_precedence_ = true;
};

}  // namespace qd::model
