// Exports and imports of project archives that go on after the request that began them: any member can tell how far
// they are. All times are the database's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/database.hpp"

namespace qd::store {

struct ArchiveTask {
  std::string token;  // uuid
  std::string kind;   // export, import
  std::string project, user;
  std::string member_uuid;  // which works on it and has its file
  std::int64_t incarnation = 0;
  std::string state = "running";  // running, done, failed
  std::int64_t percent = 0;
  std::string message;     // what it does now; of a failed one, why
  std::string errors;      // JSON: what could not be imported, by kind
  std::int64_t bytes = 0;  // of the file
  UnixMillis created = 0, updated = 0;
  bool operator==(const ArchiveTask&) const = default;
};

// Thread-safe.
class ArchiveTaskStore {
 public:
  explicit ArchiveTaskStore(Database& database) : database_(database) {}

  // False: an import of this project is under way, in a member that lives.
  bool begin(const ArchiveTask& task);
  // How far it is; the times and who began it stay.
  void update(const ArchiveTask& task);
  std::optional<ArchiveTask> find(const std::string& token);
  std::optional<ArchiveTask> last_import(const std::string& project);
  // Running ones of members, or lives of members, that are gone have failed. Rows that nothing happened to for `life`
  // go.
  void clean(Millis life);

 private:
  Database& database_;
};

}  // namespace qd::store
