// What SCM integrations remember of jobs: where a job's file lies in the repository, and what was taken from there.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/database.hpp"

namespace qd::store {

// One job in one integration ("export", "import"). Rows of an export outlive their job, so that its file can be removed
// from the repository, too.
struct JobScm {
  std::string project = {}, job_uuid = {}, integration = {};
  std::string path = {};
  std::string name = {}, group = {};  // of the job, as they were then
  std::string commit = {};            // that was imported or exported last
  std::string source_uuid = {};       // the id that the file gives the job, where it is not the job's own
  std::string url = {};               // of the repository
  std::int64_t revision = 0;          // of the job, when it was imported or exported

  bool operator==(const JobScm&) const = default;
};

// Thread-safe.
class JobScmStore {
 public:
  explicit JobScmStore(Database& database) : database_(database) {}

  std::vector<JobScm> list(const std::string& project, const std::string& integration);  // by job
  std::optional<JobScm> find(const std::string& job_uuid, const std::string& integration);
  void save(const JobScm& row);  // inserts or replaces
  void remove(const std::string& job_uuid, const std::string& integration);
  void remove_all(const std::string& project, const std::string& integration);

 private:
  Database& database_;
};

}  // namespace qd::store
