// One use of a working copy: who, on which project, with what. Nobody else uses the copy meanwhile.
#pragma once

#include <functional>

#include "service/scm_copies.hpp"
#include "service/scm_views.hpp"
#include "store/job_scm_store.hpp"
#include "store/job_store.hpp"

namespace qd::service {

struct ScmSession {
  const auth::Identity& who;
  const std::string& project;
  const StoredScm& config;
  const ScmSettings settings;
  ScmCopy& copy;
  store::JobStore& jobs;
  store::JobScmStore& rows;
  std::function<Result<scm::GitLogin>()> read_login;  // with the rights of `who`

  scm::Repository& repository() const { return *copy.repository; }

  // Asks the remote repository for changes.
  Result<> fetch() const {
    const auto login = read_login();
    if (!login) return fail(login.error());
    return repository().fetch(*login);
  }
};

// The only job of a file, with its uuid as the file has it.
Result<model::Job> only_job_of(const std::string& text, codec::JobFormat format);
// Does the file say what the job is, whatever its uuid?
bool same_job(const model::Job& job, const std::string& file, codec::JobFormat format);

}  // namespace qd::service
