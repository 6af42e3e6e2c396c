#include "codec/webhook_codec.hpp"

#include "base/id.hpp"
#include "base/text.hpp"
#include "codec/yaml.hpp"

namespace qd::codec {
namespace {

constexpr std::size_t kMostInFile = 10'000;

tl::unexpected<Error> bad_field(const std::string& name, const std::string& why) {
  return fail(ErrorKind::invalid, "'" + name + "' " + why);
}

Result<JsonObject> config_of(const Json& value) {
  if (value.is_object()) return value.get_object();
  if (!value.is_string()) return bad_field("config", "must be an object");
  auto parsed = parse_json(value.get_string());
  if (!parsed || !parsed->is_object()) return bad_field("config", "must be an object, or the JSON text of one");
  return std::move(parsed->get_object());
}

std::vector<std::string> roles_of(const Json& value) {
  std::vector<std::string> roles;
  if (const JsonArray* list = value.if_array()) {
    for (const Json& role : *list) {
      for (auto& one : base::split_trimmed(scalar_text(role).value_or(""), ',')) roles.push_back(std::move(one));
    }
    return roles;
  }
  return base::split_trimmed(scalar_text(value).value_or(""), ',');
}

// Null is as good as absent.
const Json* given(const JsonObject& object, std::string_view key) {
  const Json* value = find(object, key);
  return value != nullptr && !value->is_null() ? value : nullptr;
}

}  // namespace

JsonObject webhook_to_json(const model::Webhook& webhook) {
  return {{"id", webhook.id},           {"uuid", webhook.uuid},
          {"name", webhook.name},       {"project", webhook.project},
          {"enabled", webhook.enabled}, {"user", webhook.user},
          {"creator", webhook.creator}, {"roles", base::join(webhook.roles, ",")},
          {"authToken", webhook.token}, {"useAuth", !webhook.secret_digest.empty()},
          {"regenAuth", false},         {"eventPlugin", webhook.plugin},
          {"config", webhook.config}};
}

Result<WebhookFields> webhook_fields(const JsonObject& object) {
  WebhookFields fields;
  const std::pair<const char*, std::optional<std::string>*> texts[] = {
      {"uuid", &fields.uuid},          {"name", &fields.name}, {"project", &fields.project},
      {"eventPlugin", &fields.plugin}, {"user", &fields.user}, {"authToken", &fields.token}};
  for (const auto& [key, target] : texts) {
    const Json* value = given(object, key);
    if (value == nullptr) continue;
    auto text = scalar_text(*value);
    if (!text) return bad_field(key, "must be text");
    *target = std::move(*text);
  }
  if (const Json* id = given(object, "id")) {
    fields.id = base::parse_int(scalar_text(*id).value_or(""));
    if (!fields.id && scalar_text(*id).value_or("x") != "") return bad_field("id", "must be a number");
  }
  if (const Json* roles = given(object, "roles")) fields.roles = roles_of(*roles);
  if (const Json* config = given(object, "config")) {
    auto read = config_of(*config);
    if (!read) return fail(read.error());
    fields.config = std::move(*read);
  }
  if (given(object, "enabled") != nullptr) fields.enabled = truth_or(object, "enabled", true);
  if (given(object, "useAuth") != nullptr) fields.use_auth = truth_or(object, "useAuth", false);
  fields.new_auth = truth_or(object, "regenAuth", false);
  fields.new_token = truth_or(object, "regenToken", false);
  return fields;
}

std::string encode_webhooks(const std::vector<model::Webhook>& webhooks, const WebhookExport& options) {
  JsonArray list;
  for (const auto& webhook : webhooks) {
    JsonObject entry{{"uuid", options.new_uuids ? base::new_uuid() : webhook.uuid},
                     {"name", webhook.name},
                     {"project", webhook.project},
                     {"eventPlugin", webhook.plugin},
                     {"config", boost::json::serialize(webhook.config)},
                     {"enabled", webhook.enabled},
                     {"user", webhook.user},
                     {"roles", base::join(webhook.roles, ",")}};
    if (options.tokens) entry["authToken"] = webhook.token;
    list.push_back(std::move(entry));
  }
  return write_yaml(JsonObject{{"webhooks", std::move(list)}});
}

Result<std::vector<WebhookFields>> decode_webhooks(std::string_view yaml) {
  const auto document = parse_yaml(yaml);
  if (!document) return fail(document.error());
  const Json* list = find(*document, "webhooks");
  if (list == nullptr || !list->is_array())
    return fail(ErrorKind::invalid, "webhooks.yaml must hold a list 'webhooks'");
  if (list->get_array().size() > kMostInFile)
    return fail(ErrorKind::too_large, "webhooks.yaml holds more than " + std::to_string(kMostInFile) + " webhooks");
  std::vector<WebhookFields> webhooks;
  for (const Json& entry : list->get_array()) {
    if (!entry.is_object()) return fail(ErrorKind::invalid, "webhooks.yaml: each webhook must be a map");
    auto fields = webhook_fields(entry.get_object());
    if (!fields) return fail(fields.error().kind, "webhooks.yaml: " + fields.error().message);
    webhooks.push_back(std::move(*fields));
  }
  return webhooks;
}

}  // namespace qd::codec
