// A node: a machine (or anything else) that steps run on, with attributes.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

namespace qd::model {

struct Node {
  std::string name;
  // All attributes but name and tags: hostname, username, description, osFamily, osName, osArch, osVersion and any
  // other.
  std::map<std::string, std::string> attributes;
  std::set<std::string> tags;

  std::string attribute(const std::string& key) const {  // "" when absent
    const std::string* value = find_attribute(key);
    return value ? *value : std::string();
  }
  const std::string* find_attribute(const std::string& key) const {  // nullptr when absent
    const auto found = attributes.find(key);
    return found == attributes.end() ? nullptr : &found->second;
  }
  bool operator==(const Node&) const = default;
};

}  // namespace qd::model
