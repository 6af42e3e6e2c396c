// What the fuzz targets of the job formats check: a file is refused, or its jobs survive being written and read again,
// in its own format and in the other two.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "codec/job_codec.hpp"

namespace qd::codec {

inline void expect_same_jobs(const std::vector<model::Job>& jobs, JobFormat format) {
  const std::string text = encode_jobs(jobs, format);
  const auto again = decode_jobs(text, format);
  bool same = again && again->size() == jobs.size();
  for (std::size_t i = 0; same && i < jobs.size(); ++i) same = (*again)[i].job && *(*again)[i].job == jobs[i];
  if (same) return;
  std::fprintf(stderr, "not the same jobs after:\n%s\n", text.c_str());
  for (const model::Job& job : jobs)
    std::fprintf(stderr, "was: %s\n", boost::json::serialize(job_to_json(job)).c_str());
  if (!again) std::fprintf(stderr, "%s\n", again.error().message.c_str());
  if (again) {
    for (const DecodedJob& entry : *again) {
      std::fprintf(
          stderr, "is: %s\n",
          entry.job ? boost::json::serialize(job_to_json(*entry.job)).c_str() : entry.job.error().message.c_str());
    }
  }
  std::abort();
}

inline int fuzz_jobs(const std::uint8_t* data, std::size_t size, JobFormat format) {
  DecodeLimits limits;
  limits.max_depth = 32;
  const auto decoded = decode_jobs({reinterpret_cast<const char*>(data), size}, format, limits);
  if (!decoded) return 0;
  std::vector<model::Job> jobs;
  for (const DecodedJob& entry : *decoded) {
    if (entry.job) jobs.push_back(*entry.job);
  }
  if (jobs.empty()) return 0;
  for (const JobFormat target : {JobFormat::json, JobFormat::yaml, JobFormat::xml}) expect_same_jobs(jobs, target);
  return 0;
}

}  // namespace qd::codec
