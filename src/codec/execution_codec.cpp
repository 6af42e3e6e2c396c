#include "codec/execution_codec.hpp"

namespace qd::codec {

std::string encode_texts(const std::vector<std::string>& texts) {
  JsonArray array;
  array.reserve(texts.size());
  for (const std::string& text : texts) array.emplace_back(text);
  return boost::json::serialize(array);
}

std::vector<std::string> decode_texts(std::string_view json) {
  std::vector<std::string> texts;
  const auto value = parse_json(json);
  const JsonArray* array = value ? value->if_array() : nullptr;
  if (!array) return texts;
  for (const Json& item : *array) {
    if (auto text = scalar_text(item)) texts.push_back(std::move(*text));
  }
  return texts;
}

std::string encode_map(const std::map<std::string, std::string>& entries) {
  JsonObject object;
  object.reserve(entries.size());
  for (const auto& [key, value] : entries) object.emplace(key, value);
  return boost::json::serialize(object);
}

std::map<std::string, std::string> decode_map(std::string_view json) {
  std::map<std::string, std::string> entries;
  const auto value = parse_json(json);
  const JsonObject* object = value ? value->if_object() : nullptr;
  if (!object) return entries;
  for (const auto& entry : *object) {
    if (auto text = scalar_text(entry.value())) entries.emplace(entry.key(), std::move(*text));
  }
  return entries;
}

}  // namespace qd::codec
