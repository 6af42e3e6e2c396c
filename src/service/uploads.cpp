#include "service/uploads.hpp"

#include <algorithm>

#include "base/id.hpp"
#include "base/text.hpp"
#include "service/access.hpp"
#include "service/errors.hpp"

namespace qd::service {

Result<StoredJobPtr> Uploads::job_for(const auth::Identity& who, const std::string& job_uuid,
                                      const std::string& action) {
  StoredJobPtr stored = jobs_.find(job_uuid);
  if (!stored) return no_such("Job ID", job_uuid);
  if (auto right = require(who, job_decision(stored->job, action), "Job ID", job_uuid); !right)
    return fail(right.error());
  return stored;
}

Result<std::map<std::string, std::string>> Uploads::put(const auth::Identity& who, const std::string& job_uuid,
                                                        std::vector<UploadedFile> files) {
  const auto stored = job_for(who, job_uuid, "run");
  if (!stored) return fail(stored.error());
  const auto& options = (*stored)->job.options;
  const auto is_file = [](const model::Option& option) { return option.type == "file"; };
  if (std::none_of(options.begin(), options.end(), is_file)) {
    return fail(ErrorKind::invalid, "Job " + job_uuid + " does not have file options", "api.error.job-upload.invalid");
  }
  std::vector<std::string> unexpected;
  for (const UploadedFile& file : files) {
    const bool fits = std::any_of(options.begin(), options.end(), [&](const model::Option& option) {
      return is_file(option) && option.name == file.option_name;
    });
    if (!fits) unexpected.push_back(file.option_name);
    if (file.content.size() > max_bytes_) {
      return fail(ErrorKind::too_large,
                  "Uploaded file size (" + std::to_string(file.content.size()) + ") for option \"" + file.option_name +
                      "\" is larger than configured maximum file size: " + std::to_string(max_bytes_),
                  "api.error.job-upload.filesize");
    }
  }
  if (!unexpected.empty()) {
    return fail(ErrorKind::invalid,
                "One or more job options do not support file upload: " + base::join(unexpected, ", "),
                "api.error.job-upload.option.unexpected");
  }
  std::map<std::string, std::string> keys;
  for (UploadedFile& file : files) {
    store::Upload upload;
    upload.id = base::new_uuid();
    upload.project = (*stored)->job.project;
    upload.job_uuid = job_uuid;
    upload.option_name = file.option_name;
    upload.file_name = file.file_name;
    upload.user = who.user;
    upload.sha256 = base::sha256_hex(file.content);
    upload.size = static_cast<std::int64_t>(file.content.size());
    upload.created = clock_.now();
    upload.expires = upload.created + life_.count();
    uploads_.create(upload, file.content);
    keys[file.option_name] = upload.id;
  }
  return keys;
}

Result<UploadPage> Uploads::of_job(const auth::Identity& who, const std::string& job_uuid, const std::string& state,
                                   std::size_t offset, std::size_t max) {
  if (auto stored = job_for(who, job_uuid, "view"); !stored) return fail(stored.error());
  uploads_.expire(clock_.now());
  UploadPage page;
  page.uploads = uploads_.of_job(job_uuid, state, 0, 0);
  page.total = page.uploads.size();
  const std::size_t begin = std::min(offset, page.total);
  const std::size_t end = max == 0 ? page.total : std::min(begin + max, page.total);
  page.uploads = std::vector<store::Upload>(page.uploads.begin() + static_cast<std::ptrdiff_t>(begin),
                                            page.uploads.begin() + static_cast<std::ptrdiff_t>(end));
  return page;
}

Result<std::vector<store::Upload>> Uploads::of_execution(const auth::Identity& who, const std::string& execution_id) {
  const auto execution = executions_.find(who, execution_id);
  if (!execution) return fail(execution.error());
  return uploads_.of_execution(execution->id);
}

Result<store::Upload> Uploads::find(const auth::Identity& who, const std::string& key) {
  auto upload = uploads_.find(key);
  if (!upload) return no_such("Job file record", key);
  const StoredJobPtr job = jobs_.find(upload->job_uuid);
  if (!job) return no_such("Job file record", key);
  if (auto right = require(who, job_decision(job->job, "view"), "Job file record", key); !right)
    return fail(right.error());
  return std::move(*upload);
}

}  // namespace qd::service
