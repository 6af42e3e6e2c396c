// One use of a working copy: who, on which project, with what. Nobody else uses the copy meanwhile.
#pragma once

#include <chrono>
#include <functional>

#include "auth/identity.hpp"
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
  const bool cluster;                                 // others have copies, too
  const std::chrono::steady_clock::time_point began;  // of the request, before it waited for the copy
  std::function<Result<>()> fetch_later;  // of who must not wait for the remote repository: asks it in the background

  scm::Repository& repository() const { return *copy.repository; }

  // Of a file of the branch, at most so many bytes; nothing: there is no such file.
  Result<std::optional<std::string>> content_of(const std::string& path, std::size_t most) const;

  // Asks the remote repository for changes.
  Result<> fetch() const {
    const auto now = std::chrono::steady_clock::now();
    const auto login = read_login();
    if (!login) return fail(login.error());
    const std::lock_guard alone(copy.remote);
    if (auto fetched = repository().fetch(*login); !fetched) return fetched;
    copy.fetched = now;
    copy.fetching.with([](auto& fetching) { fetching.flaw.clear(); });
    return {};
  }
  // The same, unless somebody did while this request waited, or not longer ago than `age`. Whoever may not read the
  // key gets no answer either way.
  Result<> fetch_unless_fresh(std::chrono::milliseconds age = {}) const {
    if (!fetch_later && copy.fetched < began - age) return fetch();
    const auto login = read_login();
    if (!login) return fail(login.error());
    return fetch_later ? fetch_later() : Result<>();
  }
};

// The only job of a file, with its uuid as the file has it.
Result<model::Job> only_job_of(const std::string& text, codec::JobFormat format);
// Does the file say what the job is, whatever its uuid?
bool same_job(const model::Job& job, const std::string& file, codec::JobFormat format);

}  // namespace qd::service
