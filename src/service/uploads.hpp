// Files for job options of type `file`: uploaded first, then named by their key when the job runs.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "auth/identity.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "service/executions.hpp"
#include "service/job_cache.hpp"
#include "store/upload_store.hpp"

namespace qd::service {

struct UploadedFile {
  std::string option_name, file_name, content;
};

struct UploadPage {
  std::vector<store::Upload> uploads;
  std::size_t total = 0;
};

// Thread-safe; blocks on the database.
class Uploads {
 public:
  Uploads(store::UploadStore& uploads, JobCache& jobs, Executions& executions, const Clock& clock, Millis life,
          std::size_t max_bytes)
      : uploads_(uploads), jobs_(jobs), executions_(executions), clock_(clock), life_(life), max_bytes_(max_bytes) {}

  // Keys by option name. Nothing is kept unless every file fits an option of type `file`.
  Result<std::map<std::string, std::string>> put(const auth::Identity& who, const std::string& job_uuid,
                                                 std::vector<UploadedFile> files);
  Result<UploadPage> of_job(const auth::Identity& who, const std::string& job_uuid, const std::string& state,
                            std::size_t offset, std::size_t max);
  Result<std::vector<store::Upload>> of_execution(const auth::Identity& who, const std::string& execution_id);
  Result<store::Upload> find(const auth::Identity& who, const std::string& key);

 private:
  Result<StoredJobPtr> job_for(const auth::Identity& who, const std::string& job_uuid, const std::string& action);

  store::UploadStore& uploads_;
  JobCache& jobs_;
  Executions& executions_;
  const Clock& clock_;
  Millis life_;
  std::size_t max_bytes_;
};

}  // namespace qd::service
