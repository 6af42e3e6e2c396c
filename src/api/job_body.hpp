// The job file in a request's body, and the tag of a job's revision.
#pragma once

#include <cstdint>
#include <string>

#include "api/route.hpp"
#include "codec/job_codec.hpp"

namespace qd::api {

struct JobDocument {
  std::string text;
  codec::JobFormat format;
};

// A raw body of a known type, or the field `xmlBatch` of a form with `fileformat`.
Result<JobDocument> job_document(const Call& call);

// The ETag of a definition: "7" with its quotes.
inline std::string revision_tag(std::int64_t revision) {
  return '"' + std::to_string(revision) + '"';
}

}  // namespace qd::api
