// Files uploaded for job options: in the database, so that any member can run the job.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/execution.hpp"
#include "store/database.hpp"

namespace qd::store {

struct Upload {
  std::string id = {};  // uuid
  std::string project = {}, job_uuid = {}, option_name = {}, file_name = {}, user = {};
  std::string sha256 = {};
  std::int64_t size = 0;
  UnixMillis created = 0;
  std::optional<UnixMillis> expires = {};
  std::string state = "temp";  // temp, retained, expired, deleted (the API's fileState)
  std::optional<model::ExecutionId> execution = {};
};

// Thread-safe.
class UploadStore {
 public:
  explicit UploadStore(Database& database);
  void create(const Upload& upload, const std::string& content);
  std::optional<Upload> find(const std::string& id);
  std::optional<std::string> content(const std::string& id);
  std::vector<Upload> of_job(const std::string& job_uuid, const std::string& state, std::size_t offset,
                             std::size_t max);
  std::vector<Upload> of_execution(model::ExecutionId execution);
  // temp → retained by `execution`; false when it is not free.
  bool retain(const std::string& id, model::ExecutionId execution);
  std::int64_t expire(UnixMillis now);  // drops content of what expired

 private:
  Database& database_;
};

}  // namespace qd::store
