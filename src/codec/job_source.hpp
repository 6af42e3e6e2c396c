// A job file on its way in: the entries of one text as documents in the keys of the JSON format, whatever its own
// format is, and the lines they came from.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "codec/job_codec.hpp"
#include "codec/job_fields.hpp"

namespace qd::codec {

struct JobSource {
  struct Entry {
    Json document;         // a map, unless the file has something else in the job's place
    FieldProblem problem;  // what was wrong with the entry before it became a document
  };
  std::vector<Entry> entries;
  // 1-based line of the value at a path that starts with the entry's index. Fast when asked in the order of the text.
  std::function<int(const FieldPath&)> line_of;
};

// Size, UTF-8 and NUL bytes.
Result<> check_job_file(std::string_view text, const DecodeLimits& limits);

// `text` must outlive the answer.
Result<JobSource> open_json_source(std::string_view text, const DecodeLimits& limits);
Result<JobSource> open_yaml_source(std::string_view text, const DecodeLimits& limits);
Result<JobSource> open_xml_source(std::string_view text, const DecodeLimits& limits);

// Documents as an XML job file; keys in any order.
std::string write_job_xml(const std::vector<JsonObject>& documents);

}  // namespace qd::codec
