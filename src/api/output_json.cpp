#include "api/output_json.hpp"

namespace qd::api {

JsonObject entry_json(const log::LogEvent& event, bool with_state, bool with_metadata) {
  JsonObject entry{{"time", clock_time(event.time)},
                   {"absolute_time", iso8601(event.time)},
                   {"log", event.message},
                   {"level", log::to_text(event.level)}};
  static constexpr std::string_view kKnown[] = {"user", "command", "stepctx", "node"};
  for (const std::string_view key : kKnown) {
    const auto found = event.meta.find(std::string(key));
    if (found != event.meta.end()) entry[key] = found->second;
  }
  if (with_state) entry["type"] = event.type;
  if (with_state || with_metadata) {
    JsonObject metadata;
    for (const auto& [key, value] : event.meta) metadata[key] = value;
    if (with_metadata && !metadata.empty()) entry["metadata"] = metadata;
    if (with_state) {
      for (const auto& [key, value] : event.meta) {
        if (!entry.contains(key)) entry[key] = value;
      }
    }
  }
  return entry;
}

JsonArray compacted(const JsonArray& entries) {
  JsonArray result;
  const JsonObject* previous = nullptr;
  for (const Json& value : entries) {
    const JsonObject& entry = value.as_object();
    JsonObject changed;
    for (const auto& [key, item] : entry) {
      const Json* before = previous ? previous->if_contains(key) : nullptr;
      if (!before || *before != item) changed[key] = item;
    }
    if (previous) {
      for (const auto& [key, item] : *previous) {
        if (!entry.contains(key)) changed[key] = nullptr;
      }
    }
    if (changed.size() == 1 && changed.contains("log")) {
      result.push_back(changed.at("log"));
    } else {
      result.push_back(std::move(changed));
    }
    previous = &entry;
  }
  return result;
}

}  // namespace qd::api
