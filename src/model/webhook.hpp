// An incoming webhook: a URL whose secret is its login, and what its plugin does with what is posted there.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/json.hpp"

namespace qd::model {

struct Webhook {
  std::int64_t id = 0;
  std::string uuid, name, project;
  bool enabled = true;
  std::string plugin;         // its provider: "webhook-run-job"
  JsonObject config;          // as the plugin reads it
  std::string token;          // of its URL; "" when this member cannot open it
  std::string secret_digest;  // SHA-256 (hex) of what the header Authorization must hold; "": nothing
  std::string user, creator;  // in whose name it acts; who made it
  std::vector<std::string> roles;
  UnixMillis created = 0, updated = 0;
  bool operator==(const Webhook&) const = default;
};

// What was posted to one, once.
struct WebhookEvent {
  std::string id;  // of the delivery, a uuid
  UnixMillis at = 0;
  std::string sender;        // address
  std::string content_type;  // media type alone, lower case
  std::string body;
  std::vector<std::pair<std::string, std::string>> form;  // fields of an urlencoded body
  std::map<std::string, std::string> headers;             // by name in lower case
};

// What became of it.
struct WebhookDelivery {
  std::int64_t id = 0;
  std::int64_t webhook = 0;
  std::string event;  // its id
  UnixMillis at = 0;
  std::string sender, content_type;
  std::string server_uuid;  // the member that took it
  std::string outcome;      // "ok", "refused" (before the plugin saw it), "failed"
  std::string message;      // why, for people; "" when it went well
  std::vector<std::int64_t> executions;
  std::string payload;  // its beginning; "" when refused, or when this member cannot open it
  JsonArray results;    // what rules came to, as the plugin tells it
};

}  // namespace qd::model
