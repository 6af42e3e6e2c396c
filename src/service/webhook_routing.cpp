// The plugin advanced-run-job, and those that are the same with other settings: rules decide which jobs an event runs.
#include <algorithm>

#include "base/id.hpp"
#include "base/logging.hpp"
#include "base/text.hpp"
#include "model/option_values.hpp"
#include "model/webhook_rules.hpp"
#include "service/webhook_plugins.hpp"
#include "service/webhook_signature.hpp"

namespace qd::service {
namespace {

using model::RuleOutcome;
using model::WebhookRouting;
using model::WebhookRule;

constexpr std::size_t kMostRuns = 100;        // of one delivery
constexpr std::size_t kMostValueShown = 200;  // bytes of a condition's value in the list of deliveries

// What a matching rule runs. An option whose path names nothing is not given, so that the job's default holds.
Result<WebhookRun> filled_run(const WebhookRule& rule, const model::WebhookValues& values) {
  WebhookRun run;
  const std::pair<const std::string*, std::string*> texts[] = {
      {&rule.job, &run.job}, {&rule.node_filter, &run.node_filter}, {&rule.user, &run.as_user}};
  for (const auto& [text, target] : texts) {
    auto filled = model::render_webhook_value(*text, values);
    if (!filled) return fail(filled.error());
    *target = std::string(base::trim(*filled));
  }
  auto options = model::expand_webhook_args(rule.arg_string, values);
  if (!options) return fail(options.error());
  run.options = std::move(*options);
  for (const auto& [name, text] : rule.options) {
    auto value = model::render_webhook_value(text, values);
    if (!value && value.error().kind == ErrorKind::not_found) continue;
    if (!value) return fail(value.error());
    run.options[name] = std::move(*value);
  }
  return run;
}

JsonArray conditions_json(const WebhookRule& rule, const RuleOutcome& outcome) {
  JsonArray list;
  for (std::size_t i = 0; i < rule.conditions.size(); ++i) {
    const auto& condition = rule.conditions[i];
    const auto& judged = outcome.conditions[i];
    std::string shown = model::webhook_text_of(judged.value);
    if (shown.size() > kMostValueShown) shown = base::repair_utf8(shown.substr(0, kMostValueShown)) + "…";
    JsonObject one{
        {"satisfied", judged.satisfied},
        {"value", std::move(shown)},
        {"condition",
         JsonObject{{"path", condition.path}, {"condition", to_text(condition.kind)}, {"value", condition.value}}}};
    if (!judged.error.empty()) one["error"] = judged.error;
    list.push_back(std::move(one));
  }
  return list;
}

// One delivery on its way through the rules.
class Routing {
 public:
  Routing(const WebhookWork& work, const WebhookRouting& routing) : work_(work), routing_(routing) {}

  void take(const Json& event, bool whole) {
    const auto values = values_of(event, whole);
    JsonArray rules;
    for (const auto& rule : routing_.rules) {
      if (rule.enabled) rules.push_back(apply(rule, event, values));
    }
    JsonObject meta{{"id", values.webhook.at("id")}};
    reply_.results.push_back(
        JsonObject{{"event", JsonObject{{"meta", std::move(meta)}}}, {"ruleRoutingResults", std::move(rules)}});
  }

  WebhookReply finish() {
    JsonObject body{{"msg", "ok"}};
    if (routing_.tells) body["results"] = reply_.results;
    reply_.body = std::move(body);
    return std::move(reply_);
  }

 private:
  model::WebhookValues values_of(const Json& event, bool whole) const {
    auto values = webhook_values(work_, event, whole ? work_.event.body : boost::json::serialize(event));
    if (!whole) values.webhook["id"] = base::new_uuid();
    if (routing_.event_id_key.empty()) return values;
    const auto id = model::json_path(event, routing_.event_id_key);
    if (id && !id->is_null()) values.webhook["id"] = model::webhook_text_of(*id);
    return values;
  }

  JsonObject apply(const WebhookRule& rule, const Json& event, const model::WebhookValues& values) {
    const auto outcome = model::judge_rule(rule, event);
    JsonObject told{{"ruleEvaluation", JsonObject{{"satisfied", outcome.satisfied},
                                                  {"rule", JsonObject{{"name", rule.name}, {"jobId", rule.job}}},
                                                  {"conditionEvaluations", conditions_json(rule, outcome)}}},
                    {"jobRunStatus", "NOT_STARTED"},
                    {"jobId", rule.job}};
    if (outcome.satisfied) start(rule, values, told);
    if (rule.debug)
      base::log_info("webhook", "'" + work_.hook.name + "', event " + values.webhook.at("id") + ", rule '" + rule.name +
                                    "': " + boost::json::serialize(told));
    return told;
  }

  void start(const WebhookRule& rule, const model::WebhookValues& values, JsonObject& told) {
    const auto failed = [&](const char* status, const std::string& why) {
      told["jobRunStatus"] = status;
      told["errorMsg"] = why;
      if (reply_.problem.empty()) reply_.problem = (rule.name.empty() ? "" : rule.name + ": ") + why;
    };
    if (++runs_ > kMostRuns)
      return failed("UNKNOWN_ERROR", "one delivery starts at most " + std::to_string(kMostRuns) + " executions");
    auto run = filled_run(rule, values);
    if (!run) return failed("UNKNOWN_ERROR", run.error().message);
    run->event = values.webhook.at("id");
    told["jobId"] = run->job;
    const auto id = work_.run(*run);
    if (!id) return failed(id.error().kind == ErrorKind::not_found ? "NOT_FOUND" : "UNKNOWN_ERROR", id.error().message);
    told["jobRunStatus"] = "STARTED";
    told["executionId"] = std::to_string(*id);
    reply_.executions.push_back(*id);
  }

  const WebhookWork& work_;
  const WebhookRouting& routing_;
  WebhookReply reply_;
  std::size_t runs_ = 0;
};

Result<WebhookReply> route_with(const WebhookWork& work, const char* default_batch_key) {
  auto routing = model::read_webhook_routing(work.hook.config);
  if (!routing) return fail(routing.error());
  if (!work.hook.config.contains("batchKey")) routing->batch_key = default_batch_key;
  const auto document = posted_json(work.event);
  if (!document) return fail(document.error());
  const auto events = model::webhook_events(*document, routing->batch_key);
  if (!events) return fail(ErrorKind::invalid, events.error().message);
  Routing through(work, *routing);
  for (const Json& event : *events) through.take(event, routing->batch_key.empty());
  return through.finish();
}

}  // namespace

Result<> check_routing(const JsonObject& config) {
  const auto routing = model::read_webhook_routing(config);
  if (!routing) return fail(routing.error());
  for (const auto* path : {&routing->batch_key, &routing->event_id_key}) {
    if (path->empty()) continue;
    const auto tried = model::json_path(JsonObject{}, *path);
    if (!tried && tried.error().kind != ErrorKind::not_found) return fail(tried.error());
  }
  return {};
}

Result<WebhookReply> route_webhook(const WebhookWork& work) {
  return route_with(work, "");
}

// What PagerDuty's V2 webhooks send is a list of messages.
Result<WebhookReply> handle_pagerduty_v2(const WebhookWork& work) {
  return route_with(work, "$.messages");
}

Result<> check_pagerduty_v3(const JsonObject& config) {
  if (auto ok = check_secret_setting(config); !ok) return ok;
  return check_routing(config);
}

Result<WebhookReply> handle_pagerduty_v3(const WebhookWork& work) {
  if (auto ok = check_signature(work, "X-PagerDuty-Signature", "v1="); !ok) return fail(ok.error());
  return route_with(work, "");
}

}  // namespace qd::service
