#include "engine/log_filter.hpp"

#include "base/text.hpp"

namespace qd::engine {

namespace {

// By number: "1.type", "1.config.color".
using Numbered = std::map<std::int64_t, model::PluginUse>;

Numbered numbered_filters(const std::map<std::string, std::string>& settings, const std::string& prefix) {
  Numbered found;
  for (auto entry = settings.lower_bound(prefix); entry != settings.end() && entry->first.starts_with(prefix);
       ++entry) {
    const auto rest = entry->first.substr(prefix.size());
    const auto dot = rest.find('.');
    const auto number = base::parse_int(rest.substr(0, dot));
    if (dot == std::string::npos || !number) continue;
    const auto key = rest.substr(dot + 1);
    if (key == "type") found[*number].type = entry->second;
    if (key.starts_with("config.")) found[*number].config[key.substr(7)] = entry->second;
  }
  return found;
}

Result<void> add_filter(std::vector<FilterFactory>& filters, const std::string& type, const JsonObject& config) {
  auto factory = log_filter(type, config);
  if (!factory) return fail(factory.error());
  filters.push_back(std::move(*factory));
  return {};
}

}  // namespace

Result<FilterFactory> log_filter(const std::string& type, const JsonObject& config) {
  static const std::map<std::string, Result<FilterFactory> (*)(const JsonObject&)> kinds{
      {"key-value-data", key_value_filter},   {"key-value-data-multilines", multiline_filter},
      {"json-mapper", json_mapper_filter},    {"mask-passwords", mask_filter},
      {"highlight-output", highlight_filter}, {"quiet-output", quiet_filter},
      {"render-datatype", render_filter}};
  const auto kind = kinds.find(type);
  if (kind == kinds.end()) {
    return fail(ErrorKind::invalid, "The log filter '" + type + "' is not available on this server");
  }
  auto factory = kind->second(config);
  if (!factory) return fail(ErrorKind::invalid, "The log filter '" + type + "': " + factory.error().message);
  return factory;
}

Result<std::vector<FilterFactory>> log_filters(const JsonObject& plugins) {
  std::vector<FilterFactory> filters;
  const Json* list = find(plugins, "LogFilter");
  if (list == nullptr || !list->is_array()) return filters;
  for (const auto& entry : list->get_array()) {
    if (!entry.is_object()) continue;
    const Json* config = find(entry, "config");
    const auto settings = config != nullptr && config->is_object() ? config->get_object() : JsonObject();
    if (auto added = add_filter(filters, text_or(entry.get_object(), "type"), settings); !added) {
      return fail(added.error());
    }
  }
  return filters;
}

Result<std::vector<FilterFactory>> global_log_filters(const std::map<std::string, std::string>& settings) {
  std::vector<FilterFactory> filters;
  for (const std::string prefix : {"framework.globalfilter.", "project.globalfilter."}) {
    for (const auto& [number, use] : numbered_filters(settings, prefix)) {
      if (auto added = add_filter(filters, use.type, use.config); !added) {
        return fail(ErrorKind::invalid, prefix + std::to_string(number) + ": " + added.error().message);
      }
    }
  }
  return filters;
}

}  // namespace qd::engine
