// What plugins there are. Source: "Plugins" in the peer's API documentation; `detail` and `troubles` are our own.
#include "api/answers.hpp"
#include "api/route.hpp"
#include "base/id.hpp"

namespace qd::api {
namespace {

constexpr int kWithMetadata = 40;
constexpr const char* kOwnArtifact = "quarterdeck";

std::string artifact_of(const service::PluginView& plugin) {
  return plugin.installed ? plugin.installed->artifact : kOwnArtifact;
}

std::string id_of(const service::PluginView& plugin) {
  const auto& provider = *plugin.provider;
  return base::sha256_hex(artifact_of(plugin) + "/" + provider.service + "/" + provider.name).substr(0, 12);
}

JsonObject plugin_json(const Call& call, const service::PluginView& plugin) {
  const auto& provider = *plugin.provider;
  JsonObject object{{"artifactName", artifact_of(plugin)},
                    {"author", plugin.installed ? plugin.installed->author : "Quarterdeck"},
                    {"builtin", !plugin.installed},
                    {"description", provider.description},
                    {"id", id_of(plugin)},
                    {"name", provider.name},
                    {"pluginVersion", plugin.installed ? plugin.installed->version : ""},
                    {"service", provider.service},
                    {"title", provider.title}};
  if (call.version < kWithMetadata) return object;
  object["iconUrl"] = nullptr;
  object["providerMetadata"] = provider.meta;
  return object;
}

JsonArray texts_json(const std::vector<std::string>& texts) {
  return JsonArray(texts.begin(), texts.end());
}

JsonObject map_json(const std::map<std::string, std::string>& map) {
  JsonObject object;
  for (const auto& [key, value] : map) object[key] = value;
  return object;
}

JsonObject property_json(const plugin::Property& property) {
  return {{"name", property.name},
          {"title", property.title},
          {"desc", property.description},
          {"type", property.type},
          {"required", property.required},
          {"defaultValue", property.fallback.empty() ? Json(nullptr) : Json(property.fallback)},
          {"allowed", property.values.empty() ? Json(nullptr) : Json(texts_json(property.values))},
          {"selectLabels", property.labels.empty() ? Json(nullptr) : Json(map_json(property.labels))},
          {"scope", property.scope},
          {"options", property.rendering}};
}

http::Response list_plugins(Call& call) {
  JsonArray list;
  for (const auto& plugin : call.services.plugins.list()) list.push_back(plugin_json(call, plugin));
  return json_answer(list);
}

http::Response show_plugin(Call& call) {
  const auto plugin = call.services.plugins.find(call.param("service"), call.param("name"));
  return answer(plugin, [&](const service::PluginView& found) {
    auto object = plugin_json(call, found);
    JsonArray properties;
    for (const auto& property : found.provider->properties) properties.push_back(property_json(property));
    object["props"] = std::move(properties);
    object["projectMapping"] = map_json(found.provider->project_keys);
    if (found.installed) {
      object["date"] = found.installed->date;
      object["url"] = found.installed->url;
    }
    return json_answer(object);
  });
}

http::Response list_troubles(Call& call) {
  call.services.plugins.list();
  JsonArray list;
  for (const auto& trouble : call.services.plugins.troubles()) {
    list.push_back(JsonObject{{"file", trouble.path}, {"message", trouble.message}});
  }
  return json_answer(list);
}

}  // namespace

const std::vector<Route>& plugin_routes() {
  static const std::vector<Route> kRoutes{
      {"GET", "plugin/list", 33, kLogin, list_plugins},
      {"GET", "plugin/detail/{service}/{name}", 33, kLogin, show_plugin},
      {"GET", "plugin/troubles", 33, {"system", "read"}, list_troubles},
  };
  return kRoutes;
}

}  // namespace qd::api
