// Finds text in an execution's log.
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "log/reader.hpp"
#include "model/regex.hpp"

namespace qd::log {

struct SearchRequest {
  std::string text;                     // a part of a message; or, when `regex` is set, only said in answers
  bool ignore_case = false;             // of ASCII letters
  const model::Regex* regex = nullptr;  // instead: some part of a message matches
  std::string node, stepctx;            // as in ReadRequest
  std::int64_t offset = 0;              // where to begin
  std::size_t max_hits = 100;
  std::int64_t max_bytes = 256 << 20;  // of the file, looked at by this call
  bool finished = false;               // as in ReadRequest
};

struct SearchPage {
  std::vector<ReadEvent> hits;
  std::int64_t next_offset = 0;  // where to go on
  bool more = false;             // the file holds more behind it
  std::int64_t searched = 0;     // bytes
};

// Blocks. A file that does not exist has no hits. Plain text is found without decoding what lies between.
Result<SearchPage> search_log(const std::string& path, const SearchRequest& request);

}  // namespace qd::log
