// Routing rules of webhooks: which events run which jobs, with what.
// Source: docs/manual/webhooks/advanced-run-job.md of the peer's documentation; the shape of `config` is that of
// RoutingRule and Condition in its API specification.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"
#include "model/webhook_text.hpp"

namespace qd::model {

struct WebhookCondition {
  enum class Kind { equals, contains, date_time_after, date_time_before, exists, is_a } kind = Kind::equals;
  std::string path;   // a JSON path into the event
  std::string value;  // what it is compared with
  bool operator==(const WebhookCondition&) const = default;
};
const char* to_text(WebhookCondition::Kind kind);  // "dateTimeAfter"

struct WebhookRule {
  std::string name, description;
  bool enabled = true, debug = false;
  bool any = false;  // policy: one condition is enough; else all must hold
  std::string job;   // uuid
  std::string arg_string, node_filter, user;
  std::vector<std::pair<std::string, std::string>> options;  // name, value as of render_webhook_value()
  std::vector<WebhookCondition> conditions;                  // none: every event
};

struct WebhookRouting {
  std::string batch_key;     // JSON path of the list whose items are events of their own; "": the whole is one
  std::string event_id_key;  // JSON path of an event's own id; ""
  bool tells = false;        // the answer says what rules came to
  std::vector<WebhookRule> rules;
};

inline constexpr std::size_t most_webhook_events = 100;  // in one delivery
inline constexpr std::size_t most_webhook_rules = 100;

// `rules`, `batchKey`, `eventIdKey`, `returnProcessingInfo` of a webhook's configuration. Errors name the rule.
Result<WebhookRouting> read_webhook_routing(const JsonObject& config);

// The events of a document: itself, or the items of the lists that the batch key names, flattened. Errors: there is no
// such list, or it is too long.
Result<std::vector<Json>> webhook_events(const Json& document, const std::string& batch_key);

struct ConditionOutcome {
  bool satisfied = false;
  Json value;         // what the path named; null: nothing
  std::string error;  // why it could not be judged; "" when it was
};
ConditionOutcome judge_condition(const WebhookCondition& condition, const Json& event);

struct RuleOutcome {
  bool satisfied = false;
  std::vector<ConditionOutcome> conditions;
};
RuleOutcome judge_rule(const WebhookRule& rule, const Json& event);

// A text that begins with `$` (but not `${`) is a JSON path as a whole; one that begins with `\$`, and any other, is a
// template. Errors: it cannot be read, or the path names nothing.
Result<std::string> render_webhook_value(std::string_view text, const WebhookValues& values);

}  // namespace qd::model
