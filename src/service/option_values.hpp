// The values that an option of a job may take, for those who fill its form.
#pragma once

#include <string>
#include <vector>

#include "auth/identity.hpp"
#include "base/result.hpp"
#include "engine/remote_options.hpp"
#include "service/job_cache.hpp"
#include "store/project_store.hpp"

namespace qd::service {

struct OptionChoices {
  std::vector<model::RemoteValue> values;
  bool remote = false;                  // they come from a URL
  std::vector<std::string> depends_on;  // options that the URL asks for
};

// Thread-safe; blocks on the database and on the URL's server.
class OptionValues {
 public:
  OptionValues(JobCache& jobs, store::ProjectStore& projects, const engine::RemoteOptions& remote)
      : jobs_(jobs), projects_(projects), remote_(remote) {}

  // When the other options are as `chosen` says.
  Result<OptionChoices> choices(const auth::Identity& who, const std::string& job_uuid, const std::string& option,
                                const model::OptionValues& chosen);

 private:
  JobCache& jobs_;
  store::ProjectStore& projects_;
  const engine::RemoteOptions& remote_;
};

}  // namespace qd::service
