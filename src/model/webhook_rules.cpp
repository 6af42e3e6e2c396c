#include "model/webhook_rules.hpp"

#include <algorithm>
#include <array>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "model/option_values.hpp"

namespace qd::model {
namespace {

using Kind = WebhookCondition::Kind;

constexpr std::array<std::pair<Kind, const char*>, 6> kKinds{{{Kind::equals, "equals"},
                                                              {Kind::contains, "contains"},
                                                              {Kind::date_time_after, "dateTimeAfter"},
                                                              {Kind::date_time_before, "dateTimeBefore"},
                                                              {Kind::exists, "exists"},
                                                              {Kind::is_a, "isA"}}};
// A number of seconds from this on would be in the year 2970: it is one of milliseconds.
constexpr std::int64_t kMillisFrom = 31'556'952'000;

tl::unexpected<Error> bad_rule(std::size_t number, const std::string& why) {
  return fail(ErrorKind::invalid, "rule " + std::to_string(number) + ": " + why);
}

std::optional<UnixMillis> time_of(const Json& value) {
  const auto text = scalar_text(value);
  if (!text) return std::nullopt;
  if (const auto number = base::parse_int(*text)) {
    const bool millis = *number >= kMillisFrom || *number <= -kMillisFrom;
    return millis ? *number : *number * 1000;
  }
  if (text->find('T') == std::string::npos) return std::nullopt;  // a date without a time
  return parse_iso8601(*text);
}

std::string kind_of(const Json& value) {
  if (value.is_null()) return "null";
  if (value.is_object()) return "map";
  if (value.is_array()) return "list";
  if (value.is_number()) return "number";
  return value.is_bool() ? "boolean" : "string";
}

bool contains(const Json& value, const std::string& wanted) {
  if (const JsonArray* list = value.if_array())
    return std::ranges::any_of(*list, [&](const Json& item) { return webhook_text_of(item) == wanted; });
  return !value.is_null() && webhook_text_of(value).find(wanted) != std::string::npos;
}

ConditionOutcome compare_times(const WebhookCondition& condition, Json value) {
  const auto found = time_of(value), wanted = time_of(Json(condition.value));
  if (!found) return {false, std::move(value), "it is no date with a time"};
  if (!wanted)
    return {false, std::move(value), "the condition's value \"" + condition.value + "\" is no date with a time"};
  const bool after = condition.kind == Kind::date_time_after;
  return {after ? *found > *wanted : *found < *wanted, std::move(value), ""};
}

Result<WebhookCondition> read_condition(std::size_t number, const Json& entry) {
  if (!entry.is_object()) return bad_rule(number, "a condition must be an object");
  const JsonObject& object = entry.get_object();
  WebhookCondition condition;
  condition.path = std::string(base::trim(text_or(object, "path")));
  condition.value = text_or(object, "value");
  const std::string kind = text_or(object, "condition", "equals");
  const auto* known = std::ranges::find_if(kKinds, [&](const auto& one) { return kind == one.second; });
  if (known == kKinds.end())
    return bad_rule(number, "there is no condition \"" + kind +
                                "\"; use equals, contains, dateTimeAfter, dateTimeBefore, exists or isA");
  condition.kind = known->first;
  if (condition.path.empty()) return bad_rule(number, "a condition needs a 'path', such as $.event.type");
  return condition;
}

const JsonArray& list_in(const JsonObject& object, std::string_view key) {
  static const JsonArray none;
  const Json* value = find(object, key);
  return value != nullptr && value->is_array() ? value->get_array() : none;
}

Result<WebhookRule> read_rule(std::size_t number, const Json& entry) {
  if (!entry.is_object()) return bad_rule(number, "it must be an object");
  const JsonObject& object = entry.get_object();
  WebhookRule rule;
  rule.name = text_or(object, "name");
  rule.description = text_or(object, "description");
  rule.enabled = truth_or(object, "enabled", true);
  rule.debug = truth_or(object, "debug", false);
  const std::string policy = text_or(object, "policy", "all");
  if (policy != "all" && policy != "any")
    return bad_rule(number, "'policy' must be all or any, not \"" + policy + "\"");
  rule.any = policy == "any";
  rule.job = std::string(base::trim(text_or(object, "jobId")));
  if (rule.job.empty()) return bad_rule(number, "'jobId' is required");
  rule.arg_string = text_or(object, "jobArgString");
  rule.node_filter = text_or(object, "nodeFilter");
  rule.user = text_or(object, "user");
  for (const Json& option : list_in(object, "jobOptions")) {
    const std::string name = option.is_object() ? text_or(option.get_object(), "name") : "";
    if (name.empty()) return bad_rule(number, "each of 'jobOptions' needs a 'name' and a 'value'");
    rule.options.emplace_back(name, text_or(option.get_object(), "value"));
  }
  for (const Json& one : list_in(object, "conditions")) {
    auto condition = read_condition(number, one);
    if (!condition) return fail(condition.error());
    rule.conditions.push_back(std::move(*condition));
  }
  return rule;
}

bool flatten(const Json& value, std::vector<Json>& events) {
  const JsonArray* list = value.if_array();
  if (list == nullptr) {
    events.push_back(value);
    return events.size() <= most_webhook_events;
  }
  return std::ranges::all_of(*list, [&](const Json& item) { return flatten(item, events); });
}

}  // namespace

const char* to_text(WebhookCondition::Kind kind) {
  return std::ranges::find_if(kKinds, [&](const auto& one) { return kind == one.first; })->second;
}

Result<WebhookRouting> read_webhook_routing(const JsonObject& config) {
  WebhookRouting routing;
  routing.batch_key = std::string(base::trim(text_or(config, "batchKey")));
  routing.event_id_key = std::string(base::trim(text_or(config, "eventIdKey")));
  routing.tells = truth_or(config, "returnProcessingInfo", false);
  const JsonArray& rules = list_in(config, "rules");
  if (rules.size() > most_webhook_rules)
    return fail(ErrorKind::invalid, "there are " + std::to_string(rules.size()) + " rules; at most " +
                                        std::to_string(most_webhook_rules) + " are taken");
  for (const Json& entry : rules) {
    auto rule = read_rule(routing.rules.size() + 1, entry);
    if (!rule) return fail(rule.error());
    routing.rules.push_back(std::move(*rule));
  }
  return routing;
}

Result<std::vector<Json>> webhook_events(const Json& document, const std::string& batch_key) {
  if (batch_key.empty()) return std::vector<Json>{document};
  const auto found = json_path(document, batch_key);
  if (!found) return fail(found.error().kind, "batch key: " + found.error().message);
  if (!found->is_array()) return fail(ErrorKind::invalid, "The batch key \"" + batch_key + "\" names no list");
  std::vector<Json> events;
  if (!flatten(*found, events))
    return fail(ErrorKind::too_large, "The batch key \"" + batch_key + "\" names more than " +
                                          std::to_string(most_webhook_events) + " events");
  return events;
}

ConditionOutcome judge_condition(const WebhookCondition& condition, const Json& event) {
  const auto found = json_path(event, condition.path);
  if (!found && found.error().kind != ErrorKind::not_found) return {false, nullptr, found.error().message};
  Json value = found ? *found : Json(nullptr);
  switch (condition.kind) {
    case Kind::equals: {
      const bool same = !value.is_null() && webhook_text_of(value) == condition.value;
      return {same, std::move(value), ""};
    }
    case Kind::contains: {
      const bool has = contains(value, condition.value);
      return {has, std::move(value), ""};
    }
    case Kind::exists: {
      const bool there = !value.is_null();
      return {there, std::move(value), ""};
    }
    case Kind::is_a: {
      const bool is = kind_of(value) == condition.value;
      return {is, std::move(value), ""};
    }
    default:
      return compare_times(condition, std::move(value));
  }
}

RuleOutcome judge_rule(const WebhookRule& rule, const Json& event) {
  RuleOutcome outcome;
  std::size_t held = 0;
  for (const auto& condition : rule.conditions) {
    outcome.conditions.push_back(judge_condition(condition, event));
    if (outcome.conditions.back().satisfied) ++held;
  }
  outcome.satisfied = rule.any && !rule.conditions.empty() ? held > 0 : held == rule.conditions.size();
  return outcome;
}

Result<std::string> render_webhook_value(std::string_view text, const WebhookValues& values) {
  if (text.starts_with('$') && !text.starts_with("${")) {
    const auto found = json_path(values.data, text);
    if (!found) return fail(found.error());
    auto shown = webhook_text_of(*found);
    if (shown.find('\0') != std::string::npos)
      return fail(ErrorKind::invalid, "\"" + std::string(text) + "\" holds a NUL byte");
    return shown;
  }
  if (text.starts_with("\\$")) text.remove_prefix(1);
  return expand_webhook_text(text, values);
}

}  // namespace qd::model
