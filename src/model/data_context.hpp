// What `${group.key}`, `@group.key@` and RD_* environment variables are filled from.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "model/node.hpp"

namespace qd::model {

// Groups of named texts: option, job, node, globals, execution. Copies share the groups that nobody changed, so that a
// context per node or per nested job is cheap.
class DataContext {
 public:
  using Group = std::map<std::string, std::string>;

  // nullptr when there is no such value. The pointer lives until the group is replaced.
  const std::string* find(const std::string& group, const std::string& key) const;
  const Group& group(const std::string& name) const;  // empty when absent
  void set_group(const std::string& name, Group values);
  void set(const std::string& group, const std::string& key, std::string value);

  // The value of a reference without its marks ("option.x", "unquotedoption.x", "globals.a.b"). References to another
  // step or node ("1:data.x", "data.x@web1") have no value here.
  const std::string* resolve(std::string_view reference) const;

  // RD_OPTION_NAME, RD_JOB_USER_NAME…: the key in upper case, what is no letter, digit or _ becomes _.
  std::map<std::string, std::string> environment() const;

 private:
  std::map<std::string, std::shared_ptr<const Group>> groups_;
};

// The name of the environment variable of `group.key`.
std::string environment_name(std::string_view group, std::string_view key);

// The group `node` for one node: name, hostname, os-name, os-family, os-arch, os-version, username, description, tags
// and every other attribute.
DataContext::Group node_group(const Node& node);

}  // namespace qd::model
