// What webhooks do with what is posted to them. Each plugin is a function on a delivery; scripts of the folder of
// plugins (service WebhookEvent) are plugins, too.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "auth/identity.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "model/webhook.hpp"
#include "model/webhook_text.hpp"

namespace qd::service {

// A job that a webhook wants to run, with everything filled in; `job` is a uuid of the webhook's project.
struct WebhookRun {
  std::string job;
  std::map<std::string, std::string> options;
  std::string node_filter;  // "": the job's
  std::string as_user;      // "": the webhook's
  std::string event;        // id of the event
};

// One delivery, and what a plugin may do for it. All in the name of the webhook's user.
struct WebhookWork {
  const model::Webhook& hook;
  const model::WebhookEvent& event;
  std::function<Result<std::int64_t>(const WebhookRun&)> run;  // gives the execution's id
  std::function<Result<std::string>(const std::string& path)> secret;
};

struct WebhookReply {
  Json body;  // text: plain text; anything else: JSON
  std::vector<std::int64_t> executions;
  JsonArray results;    // what rules came to, for the list of deliveries
  std::string problem;  // what went wrong without the delivery having failed; ""
};

struct WebhookPlugin {
  const char* name;
  Result<> (*check)(const JsonObject& config);  // the error says what is missing or wrong
  Result<WebhookReply> (*handle)(const WebhookWork& work);
};

const std::vector<WebhookPlugin>& webhook_plugins();
const WebhookPlugin* find_webhook_plugin(const std::string& name);  // null: none is built in

// Shared by them. The posted JSON (nothing posted is {}); an urlencoded form is an object of its fields.
Result<Json> posted_json(const model::WebhookEvent& event);
// `data` outlives the values.
model::WebhookValues webhook_values(const WebhookWork& work, const Json& data, std::string raw);
// Of headers that senders of events are known by, as they write them: X-GitHub-Event…
const std::vector<std::string>& webhook_header_names();

Result<> check_run_job(const JsonObject& config);
Result<WebhookReply> run_job_of_webhook(const WebhookWork& work);
Result<> check_github(const JsonObject& config);
Result<WebhookReply> handle_github(const WebhookWork& work);
Result<> check_routing(const JsonObject& config);
Result<WebhookReply> route_webhook(const WebhookWork& work);
Result<WebhookReply> handle_pagerduty_v2(const WebhookWork& work);
Result<> check_pagerduty_v3(const JsonObject& config);
Result<WebhookReply> handle_pagerduty_v3(const WebhookWork& work);

}  // namespace qd::service
