// Access policies of the system (project "") and of projects, as the texts that people wrote. Every change counts
// version() up, so that members can keep what they read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "store/database.hpp"

namespace qd::store {

struct AclText {
  std::string project;  // "": the system
  std::string name;     // "deploy.aclpolicy"
  std::string content;
  UnixMillis updated = 0;
  std::string updated_by = {};

  bool operator==(const AclText&) const = default;
};

// Thread-safe.
class AclStore {
 public:
  explicit AclStore(Database& database);

  std::vector<std::string> names(const std::string& project);  // sorted
  std::vector<AclText> all();                                  // by project and name
  std::optional<AclText> find(const std::string& project, const std::string& name);
  // The number of the last change; 0 before the first.
  std::int64_t version();

  bool create(const AclText& policy);  // false: there is one of this name
  bool update(const AclText& policy);  // false: there is none
  bool remove(const std::string& project, const std::string& name);
  // As part of the caller's transaction, which removes the project.
  static void remove_project(Session& session, const std::string& project);

 private:
  Database& database_;
};

}  // namespace qd::store
