// Projects, their configuration and their small files (readme.md, motd.md).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/project.hpp"
#include "store/database.hpp"
#include "store/place_version.hpp"
#include "store/text_seal.hpp"

namespace qd::store {

// Thread-safe.
class ProjectStore {
 public:
  // Configurations and files are closed with `seal`.
  explicit ProjectStore(Database& database, TextSeal seal = {});

  std::vector<model::Project> list();  // by name
  std::optional<model::Project> find(const std::string& name);
  struct OfJob {
    model::Project project;
    PlaceVersion version;
  };
  std::optional<OfJob> of_job(const std::string& job_uuid);  // nothing: no such job
  bool create(const model::Project& project);                // false when the name is taken
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

  // Closes anew what is not closed as it would be now.
  struct Resealed {
    std::size_t checked = 0, changed = 0;
  };
  Resealed reseal(const std::string& project);

 private:
  model::Project read(const Row& row) const;
  TextSeal::Ready ready() const;
  std::string opened(const std::string& place, const std::string& kept) const;

  Database& database_;
  TextSeal seal_;
};

}  // namespace qd::store
