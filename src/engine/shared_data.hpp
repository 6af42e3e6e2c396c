// What the steps of one workflow leave behind for later ones: data of log filters, exported variables, exit codes.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/guarded.hpp"
#include "base/json.hpp"
#include "model/data_context.hpp"

namespace qd::engine {

// Values have a scope: the workflow (node ""), or one node; each also remembers the step that gave it. A later step's
// value of the same name wins. Thread-safe. At most 64 MiB of values are taken; what comes beyond is refused.
class SharedData final : public model::ScopedValues {
 public:
  using Groups = std::map<std::string, model::DataContext::Group>;

  // False: there is no room left. Steps count from 1.
  bool set(std::size_t step, const std::string& node, const std::string& group, const std::string& key,
           std::string value);
  void set_exit_code(std::size_t step, const std::string& node, int code);  // `${2:exec.exitCode}`

  Groups groups(const std::string& node) const;                    // of one scope
  model::DataContext::Group group(const std::string& name) const;  // of the workflow's scope
  // Adds the values of the workflow, and those of `node` over them, to `context`.
  void add_to(model::DataContext& context, const std::string& node = {}) const;
  // By scope ("" or node), then by group.
  std::map<std::string, Groups> all() const;

  std::optional<std::string> find(std::size_t step, const std::string& node, const std::string& group,
                                  const std::string& key) const override;
  std::optional<std::string> join(std::size_t step, const std::string& group, const std::string& key,
                                  const std::string& delimiter) const override;

 private:
  struct Values {
    std::map<std::string, Groups> latest;                        // by scope
    std::map<std::size_t, std::map<std::string, Groups>> steps;  // by step, then by scope
    std::map<std::size_t, std::map<std::string, int>> exit_codes;
    std::size_t bytes = 0;
  };
  static const std::map<std::string, Groups>* scopes_of(const Values& values, std::size_t step);

  base::Guarded<Values> values_;
};

}  // namespace qd::engine
