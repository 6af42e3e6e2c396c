#include "codec/job_xml_read.hpp"

#include <algorithm>
#include <numeric>
#include <set>

#include "base/text.hpp"
#include "codec/xml_tree.hpp"

namespace qd::codec {
namespace {

std::string word_of(const Json* value) {
  return value ? plain_text(*value).value_or("") : "";
}

void rename_member(JsonObject& map, std::string_view from, std::string_view to) {
  if (!map.contains(from)) return;
  Json value = taken(map, from);
  if (!map.contains(to)) map.emplace(to, std::move(value));
}

void option_from_xml_words(JsonObject& option, FieldProblem& problem) {
  rename_member(option, "enforcedvalues", "enforced");
  rename_member(option, "multivaluedAllSelected", "multivalueAllSelected");
  if (Json* values = option.if_contains("values"); values && values->is_string()) {
    const std::string delimiter = word_of(option.if_contains("valuesListDelimiter"));
    JsonArray list;
    for (const std::string& value : split_option_values(word_of(values), delimiter)) list.emplace_back(value);
    *values = std::move(list);
  }
  entries_from_xml_words(option, "config", problem);
  merge_extra_fields(option);
}

// Without preserveOrder options are shown by name.
std::vector<std::size_t> sort_by_name(JsonArray& options) {
  std::vector<std::size_t> order(options.size());
  std::iota(order.begin(), order.end(), 0);
  std::vector<std::string> names;
  for (const Json& option : options) names.push_back(word_of(find(option, "name")));
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return names[a] < names[b]; });
  JsonArray sorted;
  sorted.reserve(options.size());
  for (const std::size_t at : order) sorted.push_back(std::move(options[at]));
  options = std::move(sorted);
  return order;
}

std::vector<std::size_t> options_from_xml_words(JsonObject& job, FieldProblem& problem) {
  Json context = taken(job, "context");
  if (!context.is_object()) return {};
  JsonObject& rest = context.get_object();
  rest.erase("project");
  Json options = taken(rest, "options");
  if (!rest.empty()) job["context"] = std::move(rest);
  if (!options.is_object()) {
    if (!word_of(&options).empty()) problem.report({"options"}, "<options> must hold <option> elements");
    return {};
  }
  JsonArray list = listed(taken(options.get_object(), "option"));
  const bool in_order = truth_or(options.get_object(), "preserveOrder", false);
  options.get_object().erase("preserveOrder");
  if (!options.get_object().empty()) {
    problem.report({"options"}, "<options> holds an unknown element or attribute \"" +
                                    std::string(options.get_object().begin()->key()) + "\"");
  }
  for (Json& option : list) {
    if (option.is_object()) option_from_xml_words(option.get_object(), problem);
  }
  std::vector<std::size_t> order;
  if (!in_order) order = sort_by_name(list);
  if (!list.empty()) job["options"] = std::move(list);
  return order;
}

void filters_from_xml_words(JsonObject& job) {
  Json dispatch = taken(job, "dispatch");
  Json* present = job.if_contains("nodefilters");
  const bool has_filters = present && present->is_object();
  const bool has_dispatch = dispatch.is_object() && !dispatch.get_object().empty();
  if (!has_filters && !has_dispatch) return;
  JsonObject filters = has_filters ? std::move(present->get_object()) : JsonObject();
  Json precedence = taken(filters, "excludeprecedence");
  if (has_dispatch) {
    merge_extra_fields(dispatch.get_object());
    filters["dispatch"] = std::move(dispatch);
  }
  if (!precedence.is_null()) {
    Json& settings = filters["dispatch"];
    if (!settings.is_object()) settings.emplace_object();
    settings.get_object().emplace("excludePrecedence", std::move(precedence));
  }
  merge_extra_fields(filters);
  job["nodefilters"] = std::move(filters);
}

void schedule_from_xml_words(JsonObject& job) {
  Json* value = job.if_contains("schedule");
  if (!value || !value->is_object()) return;
  JsonObject& schedule = value->get_object();
  if (Json* month = schedule.if_contains("month"); month && month->is_object()) {
    Json day = taken(month->get_object(), "day");
    Json name = taken(month->get_object(), "month");
    if (!day.is_null()) schedule["dayofmonth"] = JsonObject{{"day", std::move(day)}};
    schedule["month"] = std::move(name);
  }
  if (Json* year = schedule.if_contains("year"); year && year->is_object()) {
    Json name = taken(year->get_object(), "year");
    schedule["year"] = std::move(name);
  }
  merge_extra_fields(schedule);
}

void limits_from_xml_words(JsonObject& job) {
  Json logging = taken(job, "logging");
  if (JsonObject* limits = logging.if_object()) {
    rename_member(*limits, "limit", "loglimit");
    rename_member(*limits, "limitAction", "loglimitAction");
    rename_member(*limits, "status", "loglimitStatus");
    for (auto& entry : *limits) job.emplace(entry.key(), std::move(entry.value()));
  }
  if (Json* retry = job.if_contains("retry"); retry && retry->is_object()) {
    rename_member(retry->get_object(), xml_text_key, "retry");
  }
}

// <ExecutionLifecycle type="name"><configuration …/></ExecutionLifecycle>, once for each plugin of the service.
void plugins_from_xml_words(JsonObject& job) {
  Json* value = job.if_contains("plugins");
  if (!value || !value->is_object()) return;
  for (auto& service : value->get_object()) {
    JsonObject providers;
    for (Json& item : listed(service.value())) {
      JsonObject* provider = item.if_object();
      const Json* type = provider ? provider->if_contains("type") : nullptr;
      if (!type || !type->is_string()) return;
      Json config = taken(*provider, "configuration");
      providers[type->get_string()] = config.is_object() ? std::move(config) : Json(JsonObject());
    }
    service.value() = std::move(providers);
  }
}

}  // namespace

Json taken(JsonObject& map, std::string_view key) {
  const auto found = map.find(key);
  if (found == map.end()) return nullptr;
  Json value = std::move(found->value());
  map.erase(found);
  return value;
}

JsonArray listed(Json value) {
  if (value.is_null()) return {};
  if (value.is_array()) return std::move(value.get_array());
  JsonArray list;
  list.push_back(std::move(value));
  return list;
}

void merge_extra_fields(JsonObject& map) {
  Json extra = taken(map, extra_fields);
  if (!extra.is_object()) return;
  for (auto& entry : extra.get_object()) map.emplace(entry.key(), std::move(entry.value()));
}

void entries_from_xml_words(JsonObject& holder, std::string_view key, FieldProblem& problem) {
  Json* value = holder.if_contains(key);
  if (!value || !value->is_object() || !value->get_object().contains("entry")) return;
  JsonObject settings;
  for (Json& item : listed(taken(value->get_object(), "entry"))) {
    JsonObject* entry = item.if_object();
    if (!entry || !entry->contains("key")) {
      problem.report({}, "<entry> in <" + std::string(key) + "> needs a 'key'");
      return;
    }
    const std::string name = word_of(entry->if_contains("key"));
    Json setting = entry->contains("value") ? taken(*entry, "value") : taken(*entry, xml_text_key);
    if (word_of(entry->if_contains("type")) == "json") {
      auto parsed = parse_json(word_of(&setting));
      if (!parsed) problem.report({}, "<entry key=\"" + name + "\">: " + parsed.error().message);
      setting = parsed ? std::move(*parsed) : Json();
    } else if (setting.is_null()) {
      setting = "";
    }
    settings[name] = std::move(setting);
  }
  *value = std::move(settings);
}

std::vector<std::string> split_option_values(std::string_view text, std::string_view delimiter) {
  if (delimiter.empty()) delimiter = ",";
  std::vector<std::string> values;
  std::set<std::string> seen;
  while (true) {
    const std::size_t end = std::min(text.find(delimiter), text.size());
    std::string value(base::trim(text.substr(0, end)));
    if (!value.empty() && seen.insert(value).second) values.push_back(std::move(value));
    if (end == text.size()) return values;
    text.remove_prefix(end + delimiter.size());
  }
}

std::vector<std::size_t> from_xml_words(JsonObject& job, FieldProblem& problem) {
  std::vector<std::size_t> order = options_from_xml_words(job, problem);
  filters_from_xml_words(job);
  schedule_from_xml_words(job);
  limits_from_xml_words(job);
  plugins_from_xml_words(job);
  if (Json* sequence = job.if_contains("sequence"); sequence && sequence->is_object()) {
    steps_from_xml_words(sequence->get_object(), problem);
  }
  if (Json* triggers = job.if_contains("notification"); triggers && triggers->is_object()) {
    notifications_from_xml_words(triggers->get_object(), problem);
  }
  merge_extra_fields(job);
  return order;
}

}  // namespace qd::codec
