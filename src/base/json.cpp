#include "base/json.hpp"

#include <boost/json/stream_parser.hpp>
#include <charconv>

#include "base/text.hpp"

namespace qd {
namespace {

std::string position(std::string_view text, std::size_t offset) {
  std::size_t line = 1;
  std::size_t column = 1;
  for (std::size_t i = 0; i < offset && i < text.size(); ++i) {
    ++column;
    if (text[i] == '\n') {
      ++line;
      column = 1;
    }
  }
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

}  // namespace

Result<Json> parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return fail(ErrorKind::too_large, "The JSON text has " + std::to_string(text.size()) + " bytes; at most " +
                                          std::to_string(limits.max_bytes) + " are accepted.");
  }
  boost::json::parse_options options;
  options.max_depth = limits.max_depth;
  options.allow_trailing_commas = limits.lenient;
  boost::json::stream_parser parser({}, options);
  boost::json::error_code error;
  const std::size_t used = parser.write_some(text.data(), text.size(), error);
  if (!error && !parser.done()) parser.finish(error);
  if (error)
    return fail(ErrorKind::invalid,
                "The JSON text is broken at " + position(text, used) + ": " + error.message() + ".");
  if (!limits.lenient && !base::trim(text.substr(used)).empty()) {
    return fail(ErrorKind::invalid, "The JSON text goes on after its value, at " + position(text, used) + ".");
  }
  return parser.release();
}

const Json* find(const JsonObject& object, std::string_view key) {
  return object.if_contains(key);
}

const Json* find(const Json& value, std::string_view key) {
  const JsonObject* object = value.if_object();
  return object ? object->if_contains(key) : nullptr;
}

std::optional<std::string> scalar_text(const Json& value) {
  if (const auto* text = value.if_string()) return std::string(text->data(), text->size());
  if (const double* number = value.if_double()) {
    char digits[32];  // the shortest spelling that reads back the same, without Boost's "1.5E0"
    std::string text(digits, std::to_chars(digits, digits + sizeof digits, *number).ptr);
    if (text.find_first_of(".ein") == std::string::npos) text += ".0";  // "version: 1.0" in a file
    return text;
  }
  if (value.is_bool() || value.is_number()) return boost::json::serialize(value);
  return std::nullopt;
}

std::string text_or(const JsonObject& object, std::string_view key, std::string_view fallback) {
  const Json* value = object.if_contains(key);
  auto text = value ? scalar_text(*value) : std::nullopt;
  return text ? std::move(*text) : std::string(fallback);
}

bool truth_or(const JsonObject& object, std::string_view key, bool fallback) {
  const Json* value = object.if_contains(key);
  if (!value || value->is_null()) return fallback;
  if (const bool* truth = value->if_bool()) return *truth;
  const auto text = scalar_text(*value);
  if (!text) return false;
  const std::string word = base::lower(*text);
  return word == "true" || word == "yes" || word == "on" || word == "1";
}

}  // namespace qd
