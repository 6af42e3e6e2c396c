#include "plugin/manifest.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/text.hpp"
#include "codec/node_codec.hpp"
#include "codec/yaml.hpp"
#include "model/arg_string.hpp"

namespace qd::plugin {

namespace {

constexpr std::array<std::string_view, 10> kServices{
    service::workflow_step, service::node_step,    service::remote_script, service::node_executor,
    service::file_copier,   service::node_source,  service::notification,  service::option_values,
    service::file_storage,  service::webhook_event};
constexpr std::array<std::string_view, 7> kTypes{"String", "Boolean",    "Integer", "Long",
                                                 "Select", "FreeSelect", "Options"};
constexpr std::array<std::string_view, 5> kScopes{"Framework", "ProjectOnly", "Project", "InstanceOnly", "Instance"};

template <class List>
bool holds(const List& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

template <class List>
std::string one_of(const List& list) {
  return base::join(std::vector<std::string>(list.begin(), list.end()), ", ");
}

// A list, or a text with commas.
std::vector<std::string> texts_of(const JsonObject& object, std::string_view key) {
  const Json* value = find(object, key);
  if (value == nullptr) return {};
  if (!value->is_array()) return base::split_trimmed(scalar_text(*value).value_or(""), ',');
  std::vector<std::string> texts;
  for (const auto& item : value->get_array()) texts.push_back(scalar_text(item).value_or(""));
  return texts;
}

JsonObject map_of(const JsonObject& object, std::string_view key) {
  const Json* value = find(object, key);
  return value != nullptr && value->is_object() ? value->get_object() : JsonObject();
}

std::string args_of(const JsonObject& object) {
  const Json* value = find(object, "script-args");
  if (value == nullptr || !value->is_array()) return text_or(object, "script-args");
  return model::join_args(texts_of(object, "script-args"));
}

tl::unexpected<Error> wrong(const std::string& what) {
  return fail(ErrorKind::invalid, what);
}

Result<Property> parse_property(const Json& value) {
  const auto* object = value.if_object();
  if (object == nullptr) return wrong("an entry of 'config' is no map");
  Property property;
  property.name = text_or(*object, "name");
  property.title = text_or(*object, "title");
  property.description = text_or(*object, "description");
  property.type = text_or(*object, "type", "String");
  property.fallback = text_or(*object, "default");
  property.values = texts_of(*object, "values");
  property.required = truth_or(*object, "required", false);
  property.scope = text_or(*object, "scope", "Instance");
  if (property.scope == "Unspecified" || property.scope.empty()) property.scope = "Instance";
  property.rendering = map_of(*object, "renderingOptions");
  if (property.name.empty()) return wrong("an entry of 'config' has no name");
  const auto named = "property '" + property.name + "'";
  if (!holds(kTypes, property.type)) {
    return wrong(named + ": the type '" + property.type + "' is none of " + one_of(kTypes));
  }
  if (!holds(kScopes, property.scope)) {
    return wrong(named + ": the scope '" + property.scope + "' is none of " + one_of(kScopes));
  }
  if (property.values.empty() && (property.type == "Select" || property.type == "FreeSelect")) {
    return wrong(named + ": the type " + property.type + " needs 'values'");
  }
  return property;
}

bool stays_inside(const std::string& file) {
  const auto path = std::filesystem::path(file).lexically_normal();
  return !path.empty() && !path.is_absolute() && *path.begin() != ".." && file.find('\0') == std::string::npos;
}

Result<Provider> parse_provider(const JsonObject& object, bool merges) {
  Provider provider;
  provider.name = text_or(object, "name");
  provider.service = text_or(object, "service");
  provider.title = text_or(object, "title", provider.name);
  provider.description = text_or(object, "description");
  provider.interpreter = base::trim(text_or(object, "script-interpreter"));
  provider.file = base::trim(text_or(object, "script-file"));
  provider.args = args_of(object);
  provider.args_quoted = truth_or(object, "interpreter-args-quoted", false);
  provider.merge_environment = truth_or(object, "mergeEnvironment", merges);
  provider.resource_format = text_or(object, "resource-format");
  provider.use_original_extension = truth_or(object, "use-original-extension", true);
  provider.extension = text_or(object, "script-file-extension");
  provider.meta = map_of(object, "plugin-meta");
  if (!holds(kServices, provider.service)) {
    return wrong("the service '" + provider.service + "' is none of " + one_of(kServices));
  }
  if (const auto type = text_or(object, "plugin-type"); type != "script") {
    return wrong("the plugin-type '" + type + "' is not 'script'");
  }
  if (!stays_inside(provider.file)) return wrong("script-file '" + provider.file + "' is no file of 'contents'");
  if (provider.service == service::node_source && !codec::node_format_by_name(provider.resource_format)) {
    return wrong("resource-format '" + provider.resource_format +
                 "' is none of resourcexml, resourceyaml, resourcejson");
  }
  const Json* config = find(object, "config");
  if (config == nullptr || config->is_null()) return provider;
  if (!config->is_array()) return wrong("'config' is no list");
  for (const auto& item : config->get_array()) {
    auto property = parse_property(item);
    if (!property) return fail(property.error());
    provider.properties.push_back(std::move(*property));
  }
  return provider;
}

}  // namespace

Result<Manifest> parse_manifest(std::string_view yaml) {
  codec::YamlLimits limits;
  limits.max_bytes = 1u << 20;
  limits.max_nodes = 100'000;
  const auto document = codec::parse_yaml(yaml, limits);
  if (!document) return fail(document.error());
  const auto* object = document->if_object();
  if (object == nullptr) return wrong("it is no map");
  Manifest manifest;
  manifest.name = text_or(*object, "name");
  manifest.version = text_or(*object, "version");
  manifest.rundeck_version = text_or(*object, "rundeckPluginVersion");
  manifest.author = text_or(*object, "author");
  manifest.date = text_or(*object, "date");
  manifest.url = text_or(*object, "url");
  manifest.description = text_or(*object, "description");
  if (manifest.name.empty()) return wrong("'name' is missing");
  if (!manifest.rundeck_version.starts_with("1.") && manifest.rundeck_version != "1" &&
      !manifest.rundeck_version.starts_with("2.")) {
    return wrong("rundeckPluginVersion '" + manifest.rundeck_version + "' is not 1.0, 1.1, 1.2 or 2.0");
  }
  const bool merges = manifest.rundeck_version != "1.0" && manifest.rundeck_version != "1";
  const Json* providers = find(*object, "providers");
  if (providers == nullptr || !providers->is_array()) return wrong("'providers' is no list");
  for (const auto& item : providers->get_array()) {
    const auto* entry = item.if_object();
    if (entry == nullptr || text_or(*entry, "name").empty()) return wrong("an entry of 'providers' has no name");
    if (text_or(*entry, "plugin-type") == "ui") continue;
    auto provider = parse_provider(*entry, merges);
    if (provider) {
      manifest.providers.push_back(std::move(*provider));
    } else {
      manifest.left_out.push_back("provider '" + text_or(*entry, "name") + "': " + provider.error().message);
    }
  }
  return manifest;
}

}  // namespace qd::plugin
