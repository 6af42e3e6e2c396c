#include "service/webhook_plugins.hpp"

#include <algorithm>

#include "base/logging.hpp"
#include "base/text.hpp"

namespace qd::service {
namespace {

constexpr std::size_t kMostLogged = 16u << 10;

// One line of the log, whatever was posted.
std::string one_line(std::string_view text) {
  std::string line = base::repair_utf8(text.substr(0, kMostLogged));
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  if (text.size() > kMostLogged) line += " [" + std::to_string(text.size()) + " bytes]";
  return line;
}

Result<> check_nothing(const JsonObject&) {
  return {};
}

Result<WebhookReply> log_event(const WebhookWork& work) {
  const auto& event = work.event;
  base::log_info("org.rundeck.webhook.events", "id: " + event.id + " name: " + one_line(work.hook.name) +
                                                   " project: " + work.hook.project + " sender: " + event.sender +
                                                   " contentType: " + one_line(event.content_type) +
                                                   " data: " + one_line(event.body));
  return WebhookReply{"ok", {}, {}, ""};
}

}  // namespace

const std::vector<WebhookPlugin>& webhook_plugins() {
  // plugin/built_in_webhooks describes them.
  static const std::vector<WebhookPlugin> all{
      {"webhook-run-job", check_run_job, run_job_of_webhook},
      {"log-webhook-event", check_nothing, log_event},
      {"advanced-run-job", check_routing, route_webhook},
      {"github-webhook", check_github, handle_github},
      {"pagerduty-run-job", check_routing, handle_pagerduty_v2},
      {"pagerduty-v3-run-job", check_pagerduty_v3, handle_pagerduty_v3},
      {"datadog-run-job", check_routing, route_webhook},
  };
  return all;
}

const WebhookPlugin* find_webhook_plugin(const std::string& name) {
  const auto& all = webhook_plugins();
  const auto found = std::ranges::find_if(all, [&](const WebhookPlugin& one) { return name == one.name; });
  return found == all.end() ? nullptr : &*found;
}

Result<Json> posted_json(const model::WebhookEvent& event) {
  if (event.content_type == "application/x-www-form-urlencoded") {
    JsonObject fields;
    for (const auto& [name, value] : event.form) fields[name] = value;
    return fields;
  }
  if (base::trim(event.body).empty()) return JsonObject{};
  auto value = parse_json(event.body);
  if (!value) return fail(ErrorKind::invalid, "Unable to parse posted JSON data: " + value.error().message);
  return value;
}

const std::vector<std::string>& webhook_header_names() {
  static const std::vector<std::string> names{"X-GitHub-Event",      "X-GitHub-Delivery",     "X-Hub-Signature",
                                              "X-Hub-Signature-256", "X-PagerDuty-Signature", "X-Webhook-Id"};
  return names;
}

model::WebhookValues webhook_values(const WebhookWork& work, const Json& data, std::string raw) {
  model::WebhookValues values{data, std::move(raw), {}, work.secret};
  values.webhook = {{"id", work.event.id},
                    {"name", work.hook.name},
                    {"project", work.hook.project},
                    {"sender", work.event.sender},
                    {"timestamp", std::to_string(work.event.at)}};
  for (const auto& name : webhook_header_names()) {
    if (const auto found = work.event.headers.find(base::lower(name)); found != work.event.headers.end())
      values.webhook[name] = found->second;
  }
  return values;
}

}  // namespace qd::service
