// The JSON value of the whole tree (Boost.JSON: insertion-ordered objects, no exceptions when parsed through codec/).
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace qd {

using Json = boost::json::value;
using JsonObject = boost::json::object;
using JsonArray = boost::json::array;

struct JsonLimits {
  std::size_t max_depth = 64;
  std::size_t max_bytes = 64u << 20;
  bool lenient = false;  // accept a trailing comma and junk after the top-level value, as the peer's parser does
};

// Parses UTF-8 text. The error names line and column.
Result<Json> parse_json(std::string_view text, const JsonLimits& limits = {});

// Member `key` of `object`, or nullptr. Also nullptr when `value` is no object.
const Json* find(const Json& value, std::string_view key);
const Json* find(const JsonObject& object, std::string_view key);

// A scalar as text: strings as they are, numbers and booleans in their JSON spelling; nullopt for null, objects,
// arrays.
std::optional<std::string> scalar_text(const Json& value);

// Text of member `key`, or `fallback` when it is absent, null or no scalar.
std::string text_or(const JsonObject& object, std::string_view key, std::string_view fallback = {});

// True for true, "true", "yes", "on", "1" in any case; `fallback` when absent or null; false otherwise.
bool truth_or(const JsonObject& object, std::string_view key, bool fallback);

}  // namespace qd
