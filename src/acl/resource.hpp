// What a decision is about.
#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

namespace qd::acl {

// A text, or a set of texts (tags of a node, roles of a token).
using AttributeValue = std::variant<std::string, std::vector<std::string>>;
using Attributes = std::map<std::string, AttributeValue>;

// A specific resource ("job" with name, group and uuid; "node" with its attributes; "storage" with path and name), or,
// with type "resource" and the attribute `kind`, all resources of a kind.
struct Resource {
  std::string type;
  Attributes attributes;
};

}  // namespace qd::acl
