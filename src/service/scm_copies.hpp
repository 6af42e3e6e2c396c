// The working copies of this member, one for each project and integration.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/guarded.hpp"
#include "scm/repository.hpp"
#include "service/scm_settings.hpp"

namespace qd::service {

// What is known of a job's file, so that nothing is written and read anew with every status.
struct ScmVerdict {
  std::int64_t revision = 0;
  std::string source_uuid;
  std::string file_id;      // of the file that the job would be
  std::string compared_id;  // of another file
  bool same = false;        // does that one say the same?
};

struct ScmCopy {
  std::timed_mutex mutex;   // everything else is the holder's
  std::string fingerprint;  // of the configuration that the repository was opened with; "": none is open
  std::unique_ptr<scm::Repository> repository;
  std::map<std::string, ScmVerdict> verdicts;  // by job
};

// Thread-safe.
class ScmCopies {
 public:
  std::shared_ptr<ScmCopy> of(const std::string& project, Integration integration) {
    return copies_.with([&](auto& copies) {
      auto& copy = copies[integration_name(integration) + "/" + project];
      if (!copy) copy = std::make_shared<ScmCopy>();
      return copy;
    });
  }

 private:
  base::Guarded<std::map<std::string, std::shared_ptr<ScmCopy>>> copies_;
};

}  // namespace qd::service
