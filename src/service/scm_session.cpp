#include "service/scm_session.hpp"

namespace qd::service {

Result<std::optional<std::string>> ScmSession::content_of(const std::string& path, std::size_t most) const {
  const auto snapshot = repository().snapshot();
  if (!snapshot) return fail(snapshot.error());
  const auto file = snapshot->tree->find(path);
  if (file == snapshot->tree->end()) return std::optional<std::string>();
  return repository().content(file->second.id, most).map([](std::string text) {
    return std::optional(std::move(text));
  });
}

Result<model::Job> only_job_of(const std::string& text, codec::JobFormat format) {
  auto jobs = codec::decode_jobs(text, format);
  if (!jobs) return fail(jobs.error());
  if (jobs->size() != 1)
    return fail(ErrorKind::invalid, "Expected a single job definition, but saw: " + std::to_string(jobs->size()));
  return std::move(jobs->front().job);
}

bool same_job(const model::Job& job, const std::string& file, codec::JobFormat format) {
  auto there = only_job_of(file, format);
  auto here = only_job_of(codec::encode_jobs({job}, format), format);
  if (!there || !here) return false;
  there->uuid.clear();
  here->uuid.clear();
  return *there == *here;
}

}  // namespace qd::service
