// Writes JSON Schemas tersely: shape({{"id", whole()}, {"group", or_null(text())}, {"ended?", text()}}).
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "base/json.hpp"

namespace qd::api::schema {

inline JsonObject of_type(const char* name) {
  return {{"type", name}};
}
inline JsonObject text() {
  return of_type("string");
}
inline JsonObject whole() {
  return of_type("integer");
}
inline JsonObject number() {
  return of_type("number");
}
inline JsonObject flag() {
  return of_type("boolean");
}
inline JsonObject time() {
  return {{"type", "string"}, {"format", "date-time"}};
}
// An object of any shape.
inline JsonObject object() {
  return of_type("object");
}
inline JsonObject anything() {
  return {};
}
inline JsonObject list(JsonObject item) {
  return {{"type", "array"}, {"items", std::move(item)}};
}
// Values of one shape by names.
inline JsonObject map_of(JsonObject value) {
  return {{"type", "object"}, {"additionalProperties", std::move(value)}};
}
inline JsonObject or_null(JsonObject value) {
  return {{"anyOf", JsonArray{std::move(value), of_type("null")}}};
}
inline JsonObject one_of(std::initializer_list<JsonObject> choices) {
  JsonArray all;
  for (const JsonObject& one : choices) all.push_back(one);
  return {{"anyOf", std::move(all)}};
}
inline JsonObject ref(std::string_view name) {
  return {{"$ref", "#/components/schemas/" + std::string(name)}};
}

// A member whose name ends with `?` may be absent.
inline JsonObject shape(std::initializer_list<std::pair<std::string_view, JsonObject>> members) {
  JsonObject properties;
  JsonArray required;
  for (const auto& [name, schema] : members) {
    const bool optional = name.ends_with('?');
    const auto key = optional ? name.substr(0, name.size() - 1) : name;
    properties[key] = schema;
    if (!optional) required.emplace_back(key);
  }
  JsonObject made{{"type", "object"}, {"properties", std::move(properties)}};
  if (!required.empty()) made["required"] = std::move(required);
  return made;
}

}  // namespace qd::api::schema
