// Job files: XML (job-v20), YAML (job-yaml-v12) and JSON (job-json-v44), read and written.
//
// Reading and writing are inverse: encode(decode(file)) decodes to the same jobs, in each format and across formats.
// Facts: docs/manual/document-format-reference/ of the peer's documentation.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"
#include "model/job.hpp"

namespace qd::codec {

enum class JobFormat { xml, yaml, json };

// "xml", "yaml", "yml", "json" in any case.
Result<JobFormat> parse_job_format(std::string_view name);

// One entry of a job file: a job, or what is wrong with it.
struct DecodedJob {
  int line = 0;                           // 1-based line where the entry starts; 0 when unknown
  std::string name, group;                // as far as they could be read, to name the entry in answers
  Result<model::Job> job;                 // an error names field and line
  std::vector<std::string> ignored = {};  // what the entry says and the job goes without
};

struct DecodeLimits {
  std::size_t max_bytes = 16u << 20;
  std::size_t max_depth = 64;
  std::size_t max_nodes = 1'000'000;  // values in the whole document, after expansion of YAML aliases
};

// The whole file is an error only when it is no list of jobs at all (broken syntax, wrong root, too large).
Result<std::vector<DecodedJob>> decode_jobs(std::string_view text, JobFormat format, const DecodeLimits& limits = {});
std::string encode_jobs(const std::vector<model::Job>& jobs, JobFormat format);

// The document of the database and of the JSON format: one job as a JSON object.
JsonObject job_to_json(const model::Job& job);
Result<model::Job> job_from_json(const Json& value);

}  // namespace qd::codec
