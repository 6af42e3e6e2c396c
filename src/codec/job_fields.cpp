#include "codec/job_fields.hpp"

#include <algorithm>
#include <cstdio>

#include "base/text.hpp"

namespace qd::codec {
namespace {

std::optional<bool> spelled_flag(const Json& value) {
  if (const bool* truth = value.if_bool()) return *truth;
  const auto text = plain_text(value);
  if (!text) return std::nullopt;
  const std::string word = base::lower(base::trim(*text));
  if (word == "true" || word == "yes" || word == "on" || word == "1") return true;
  if (word == "false" || word == "no" || word == "off" || word == "0") return false;
  return std::nullopt;
}

bool is_empty_text(const Json& value) {
  return value.is_string() && base::trim({value.get_string().data(), value.get_string().size()}).empty();
}

}  // namespace

void FieldProblem::report(FieldPath where, std::string what) {
  if (found) return;
  found = true;
  path = std::move(where);
  message = std::move(what);
}

Fields::Fields(const JsonObject& object, FieldPath path, std::string subject, FieldProblem& problem)
    : object_(object), path_(std::move(path)), subject_(std::move(subject)), problem_(problem) {}

const Json* Fields::take(std::string_view key) {
  asked_.push_back(key);
  const Json* value = object_.if_contains(key);
  return value && !value->is_null() ? value : nullptr;
}

bool Fields::holds(std::string_view key) const {
  const Json* value = object_.if_contains(key);
  return value && !value->is_null();
}

std::string Fields::text(std::string_view key) {
  const Json* value = take(key);
  if (!value) return {};
  if (auto text = plain_text(*value)) return std::move(*text);
  wrong(key, "must be text, not " + shown(*value));
  return {};
}

std::optional<std::string> Fields::maybe_text(std::string_view key) {
  std::string value = text(key);
  if (value.empty()) return std::nullopt;
  return value;
}

std::optional<bool> Fields::maybe_flag(std::string_view key) {
  const Json* value = take(key);
  if (!value || is_empty_text(*value)) return std::nullopt;
  const auto truth = spelled_flag(*value);
  if (!truth) wrong(key, "must be true or false, not " + shown(*value));
  return truth;
}

bool Fields::flag(std::string_view key, bool fallback) {
  return maybe_flag(key).value_or(fallback);
}

const JsonObject* Fields::object(std::string_view key) {
  const Json* value = take(key);
  if (!value || is_empty_text(*value)) return nullptr;
  if (!value->is_object()) wrong(key, "must be a map, not " + shown(*value));
  return value->if_object();
}

const JsonArray* Fields::list(std::string_view key) {
  const Json* value = take(key);
  if (!value || is_empty_text(*value)) return nullptr;
  if (!value->is_array()) wrong(key, "must be a list, not " + shown(*value));
  return value->if_array();
}

JsonObject Fields::rest() const {
  JsonObject rest;
  for (const auto& entry : object_) {
    const std::string_view key = entry.key();
    if (std::find(asked_.begin(), asked_.end(), key) == asked_.end()) rest.emplace(key, entry.value());
  }
  return rest;
}

void Fields::wrong(std::string_view key, const std::string& what) {
  const std::string start = subject_.empty() ? "" : subject_ + ": ";
  problem_.report(path_of(key), start + "'" + std::string(key) + "' " + what);
}

void Fields::ignore(std::string_view key, const std::string& what) {
  problem_.ignored.push_back((subject_.empty() ? "" : subject_ + ": ") + "'" + std::string(key) + "' " + what);
}

FieldPath Fields::path_of(std::string_view key) const {
  FieldPath path = path_;
  path.emplace_back(key);
  return path;
}

std::optional<std::string> plain_text(const Json& value) {
  if (const double* number = value.if_double()) return number_text(*number);
  return scalar_text(value);
}

std::string number_text(double number) {
  char digits[40];
  std::snprintf(digits, sizeof digits, "%.15g", number);
  std::string text = digits;
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

std::string shown(const Json& value) {
  constexpr std::size_t longest = 60;
  if (value.is_null()) return "null";
  if (value.is_object()) return "a map";
  if (value.is_array()) return "a list";
  std::string text = plain_text(value).value_or("");
  if (text.size() > longest) text = base::repair_utf8(text.substr(0, longest)) + "…";
  return "\"" + text + "\"";
}

}  // namespace qd::codec
