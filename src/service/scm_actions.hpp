// The actions of SCM integrations, and the fields of their forms.
#pragma once

#include <optional>
#include <string>

#include "service/scm_views.hpp"

namespace qd::service {

namespace scm_action {
inline constexpr const char* kJobCommit = "job-commit";
inline constexpr const char* kCommit = "project-commit";
inline constexpr const char* kPush = "project-push";
inline constexpr const char* kSynch = "project-synch";
inline constexpr const char* kFetch = "project-fetch";
inline constexpr const char* kTag = "tag-commit";
inline constexpr const char* kTrack = "initialize-tracking";
inline constexpr const char* kImport = "import-jobs";
inline constexpr const char* kImportAll = "import-all";  // an older name of it
inline constexpr const char* kPull = "remote-pull";
inline constexpr const char* kRemoteFetch = "remote-fetch";
}  // namespace scm_action

// What forms tell of the repository.
struct ScmFormFacts {
  std::string branch;
  std::string status;  // of the project, in words
  scm::Tracking tracking;
};

// The form without items; nothing: there is no such action.
std::optional<ScmActionForm> scm_action_form(Integration integration, const std::string& action,
                                             const ScmFormFacts& facts);

}  // namespace qd::service
