// Webhooks in the API's JSON and in the file webhooks.yaml of project archives.
// Source: "Webhooks" in docs/api/index.md of the peer's documentation.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"
#include "model/webhook.hpp"

namespace qd::codec {

// {id, uuid, name, project, enabled, user, creator, roles: "a,b", authToken, useAuth, regenAuth, eventPlugin, config}
JsonObject webhook_to_json(const model::Webhook& webhook);

// What a request or a file says; what is absent stays as it is.
struct WebhookFields {
  std::optional<std::int64_t> id;
  std::optional<std::string> uuid, name, project, plugin, user, token;
  std::optional<std::vector<std::string>> roles;
  std::optional<JsonObject> config;
  std::optional<bool> enabled;
  std::optional<bool> use_auth;  // must the header Authorization hold a secret?
  bool new_auth = false;         // make a new one ("regenAuth")
  bool new_token = false;        // make a new token of the URL ("regenToken", ours)
};
// `config` may be an object, or its JSON as text. Errors name the field.
Result<WebhookFields> webhook_fields(const JsonObject& object);

struct WebhookExport {
  bool tokens = false;     // with authToken
  bool new_uuids = false;  // others than those of here
};
std::string encode_webhooks(const std::vector<model::Webhook>& webhooks, const WebhookExport& options);
Result<std::vector<WebhookFields>> decode_webhooks(std::string_view yaml);

}  // namespace qd::codec
