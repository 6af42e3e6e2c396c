// What `${group.key}`, `@group.key@` and RD_* environment variables are filled from.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/node.hpp"

namespace qd::model {

// What steps of the same workflow left behind, by step and node. Thread-safe.
class ScopedValues {
 public:
  virtual ~ScopedValues() = default;
  // The value that step number `step` (0: the last one that gave it) gave for `node` ("": for the whole workflow).
  virtual std::optional<std::string> find(std::size_t step, const std::string& node, const std::string& group,
                                          const std::string& key) const = 0;
  // The values of all nodes, joined by `delimiter` in the order of their names; nullopt when there are none.
  virtual std::optional<std::string> join(std::size_t step, const std::string& group, const std::string& key,
                                          const std::string& delimiter) const = 0;
};

// Groups of named texts: option, job, node, globals, execution. Copies share the groups that nobody changed, so that a
// context per node or per nested job is cheap.
class DataContext {
 public:
  using Group = std::map<std::string, std::string>;

  // nullptr when there is no such value. The pointer lives until the group is replaced.
  const std::string* find(const std::string& group, const std::string& key) const;
  const Group& group(const std::string& name) const;  // empty when absent
  std::vector<std::string> group_names() const;
  void set_group(const std::string& name, Group values);
  void set(const std::string& group, const std::string& key, std::string value);

  // Where references to other steps and nodes find their values.
  void set_scopes(std::shared_ptr<const ScopedValues> scopes) { scopes_ = std::move(scopes); }

  // The value of a reference without its marks: "option.x", "unquotedoption.x", "globals.a.b". With scopes also those
  // of another node ("data.x@web1"), of all nodes ("data.x*", "data.x*;" with a delimiter) and of one step ("2:data.x"
  // on this node, "2:data.x@web1", "2:data.x*").
  std::optional<std::string> resolve(std::string_view reference) const;

  // RD_OPTION_NAME, RD_JOB_USER_NAME…: the key in upper case, what is no letter, digit or _ becomes _.
  std::map<std::string, std::string> environment() const;

 private:
  std::optional<std::string> resolve_scoped(std::string_view reference) const;

  std::map<std::string, std::shared_ptr<const Group>> groups_;
  std::shared_ptr<const ScopedValues> scopes_;
};

// The name of the environment variable of `group.key`.
std::string environment_name(std::string_view group, std::string_view key);

// The group `node` for one node: name, hostname, os-name, os-family, os-arch, os-version, username, description, tags
// and every other attribute.
DataContext::Group node_group(const Node& node);

}  // namespace qd::model
