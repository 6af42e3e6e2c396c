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

void EntryList::add(const log::LogEvent& event) {
  JsonObject entry = entry_json(event, form_.with_state, form_.with_metadata);
  if (!first_) text_ += ',';
  if (first_ || !form_.compacted) {
    text_ += boost::json::serialize(entry);
  } else {
    JsonObject changed;
    for (const auto& [key, item] : entry) {
      const Json* before = previous_.if_contains(key);
      if (!before || *before != item) changed[key] = item;
    }
    for (const auto& [key, item] : previous_) {
      if (!entry.contains(key)) changed[key] = nullptr;
    }
    const bool text_only = form_.bare_text && changed.size() == 1 && changed.contains("log");
    text_ += text_only ? boost::json::serialize(changed.at("log")) : boost::json::serialize(changed);
  }
  first_ = false;
  if (form_.compacted) previous_ = std::move(entry);
}

std::string EntryList::finish() && {
  text_ += ']';
  return std::move(text_);
}

}  // namespace qd::api
