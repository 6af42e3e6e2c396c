// The part of the jq language that picks values out of a JSON document: paths, iteration and pipes.
//
//   .items[0].name   .["odd key"]   .a."b-c"   .items[]   .items | length   keys   ?
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"

namespace qd::engine {

class JsonQuery {
 public:
  // The error names what is not understood.
  static Result<JsonQuery> compile(std::string_view text);
  // Every value that the query gives, 100,000 at most. Errors: a path that does not fit the document.
  Result<std::vector<Json>> run(const Json& document) const;

 private:
  struct Step {
    enum class Kind { member, index, each, length, keys } kind = Kind::member;
    std::string key;
    std::int64_t index = 0;
    bool optional = false;  // "?": what does not fit gives nothing
  };
  static Result<void> apply(const Step& step, const Json& value, std::vector<Json>& out);
  std::vector<Step> steps_;
  friend class JsonQueryParser;
};

}  // namespace qd::engine
