// Use cases on projects.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "auth/identity.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "model/project.hpp"
#include "service/audit.hpp"
#include "store/execution_store.hpp"
#include "store/project_store.hpp"

namespace qd::service {

using ProjectConfig = std::map<std::string, std::string>;

// Thread-safe; blocks on the database.
class Projects {
 public:
  Projects(store::ProjectStore& projects, store::ExecutionStore& executions, const Clock& clock, Audit& audit)
      : projects_(projects), executions_(executions), clock_(clock), audit_(audit) {}

  bool exists(const std::string& name) { return projects_.find(name).has_value(); }
  std::vector<model::Project> list(const auth::Identity& who);  // those that `who` may read
  Result<model::Project> find(const auth::Identity& who, const std::string& name);
  Result<model::Project> create(const auth::Identity& who, const std::string& name, ProjectConfig config);
  // Refused while one of its executions runs.
  Result<> remove(const auth::Identity& who, const std::string& name);

  Result<ProjectConfig> config(const auth::Identity& who, const std::string& name);
  Result<ProjectConfig> replace_config(const auth::Identity& who, const std::string& name, ProjectConfig config);
  Result<ProjectConfig> merge_config(const auth::Identity& who, const std::string& name, const ProjectConfig& put);
  Result<std::string> config_value(const auth::Identity& who, const std::string& name, const std::string& key);
  Result<> set_config_value(const auth::Identity& who, const std::string& name, const std::string& key,
                            const std::string& value);
  Result<> remove_config_value(const auth::Identity& who, const std::string& name, const std::string& key);

  // readme.md and motd.md
  Result<std::string> file(const auth::Identity& who, const std::string& name, const std::string& path);
  Result<> put_file(const auth::Identity& who, const std::string& name, const std::string& path,
                    const std::string& content);
  Result<> remove_file(const auth::Identity& who, const std::string& name, const std::string& path);

 private:
  Result<model::Project> find_for(const auth::Identity& who, const std::string& name, const std::string& action);

  store::ProjectStore& projects_;
  store::ExecutionStore& executions_;
  const Clock& clock_;
  Audit& audit_;
};

}  // namespace qd::service
