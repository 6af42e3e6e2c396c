#include "store/job_document.hpp"

#include "codec/job_codec.hpp"
#include "store/database.hpp"

namespace qd::store {

std::string write_job_document(const model::Job& job) {
  return boost::json::serialize(codec::job_to_json(job));
}

model::Job read_job_document(std::string_view document, const std::string& where) {
  auto json = parse_json(document);
  auto job = json ? codec::job_from_json(*json) : tl::make_unexpected(json.error());
  if (!job) throw DatabaseError("the stored definition of " + where + " cannot be read: " + job.error().message, false);
  return std::move(*job);
}

}  // namespace qd::store
