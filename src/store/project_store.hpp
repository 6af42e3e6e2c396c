// Projects, their configuration and their small files (readme.md, motd.md).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/project.hpp"
#include "store/database.hpp"

namespace qd::store {

// Thread-safe.
class ProjectStore {
 public:
  explicit ProjectStore(Database& database);

  std::vector<model::Project> list();  // by name
  std::optional<model::Project> find(const std::string& name);
  bool create(const model::Project& project);  // false when the name is taken
  bool set_config(const std::string& name,
                  const std::map<std::string, std::string>& config);  // replaces; false: no such project
  // Adds and removes keys in one transaction. False: no such project.
  bool change_config(const std::string& name, const std::map<std::string, std::string>& put,
                     const std::vector<std::string>& remove);
  // Removes the project with its jobs, executions, files and everything else of its own. False: no such project.
  bool remove(const std::string& name);

  std::optional<std::string> file(const std::string& project, const std::string& path);
  void put_file(const std::string& project, const std::string& path, const std::string& content);
  bool remove_file(const std::string& project, const std::string& path);

 private:
  Database& database_;
};

}  // namespace qd::store
