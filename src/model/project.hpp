// A project: the room in which jobs, nodes, executions and their configuration live.
#pragma once

#include <map>
#include <string>

#include "base/clock.hpp"

namespace qd::model {

struct Project {
  std::string name;                           // letters, digits and . _ - +, not starting with a dot
  std::map<std::string, std::string> config;  // project.* and resources.source.* keys, without project.name
  UnixMillis created = 0;

  std::string description() const { return get("project.description"); }
  std::string label() const { return get("project.label"); }
  std::string get(const std::string& key) const {
    const auto found = config.find(key);
    return found == config.end() ? std::string() : found->second;
  }
  bool operator==(const Project&) const = default;
};

bool valid_project_name(const std::string& name);

}  // namespace qd::model
