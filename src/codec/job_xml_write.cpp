#include "codec/job_xml_write.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "codec/job_source.hpp"
#include "codec/job_xml_read.hpp"
#include "codec/xml_tree.hpp"

namespace qd::codec {
namespace {

void add_option(XmlElement& options, JsonObject option) {
  XmlElement& element = options.add("option");
  const std::string delimiter = text_or(option, "valuesListDelimiter");
  if (Json values = taken(option, "values"); values.is_array()) {
    std::vector<std::string> texts;
    for (const Json& value : values.get_array()) texts.emplace_back(value.as_string());
    const std::string joined = base::join(texts, delimiter);
    if (split_option_values(joined, delimiter) == texts) {
      element.set("values", joined);
    } else {
      add_data(element, "values", values);
    }
  }
  for (const char* key :
       {"name", "value", "regex", "valuesUrl", "sortValues", "valuesListDelimiter", "secure", "valueExposed",
        "storagePath", "required", "multivalued", "delimiter", "multivalueAllSelected", "type"}) {
    move_attribute(element, key, option, key);
  }
  move_attribute(element, "enforcedvalues", option, "enforced");
  for (const char* key : {"label", "description", "dateFormat", "isDate", "hidden", "optionValuesPluginType"}) {
    move_child(element, key, option, key);
  }
  if (const Json config = taken(option, "config"); config.is_object()) {
    add_entries(element, "config", config.get_object());
  }
  if (const Json remote = taken(option, "configRemoteUrl"); remote.is_object()) {
    add_value(element, "configRemoteUrl", remote);
  }
  add_rest(element, option, {"enforcedvalues", "multivaluedAllSelected"});
}

void add_options(XmlElement& job, JsonObject& document) {
  const Json list = taken(document, "options");
  if (!list.is_array()) return;
  XmlElement& options = job.add("context").add("options");
  options.set("preserveOrder", "true");
  for (const Json& option : list.get_array()) add_option(options, option.as_object());
}

void add_node_filters(XmlElement& job, JsonObject& document) {
  Json filters = taken(document, "nodefilters");
  if (!filters.is_object()) return;
  JsonObject& parts = filters.get_object();
  if (Json dispatch = taken(parts, "dispatch"); dispatch.is_object()) {
    add_dispatch(job.add("dispatch"), std::move(dispatch.get_object()));
  }
  if (parts.empty()) return;
  XmlElement& element = job.add("nodefilters");
  move_child(element, "filter", parts, "filter");
  move_child(element, "filterExclude", parts, "filterExclude");
  add_rest(element, parts, {"excludeprecedence", "dispatch"});
}

void add_schedule(XmlElement& job, JsonObject& document) {
  Json value = taken(document, "schedule");
  if (!value.is_object()) return;
  JsonObject& schedule = value.get_object();
  XmlElement& element = job.add("schedule");
  move_attribute(element, "crontab", schedule, "crontab");
  if (Json time = taken(schedule, "time"); time.is_object()) {
    XmlElement& child = element.add("time");
    for (const char* key : {"hour", "minute", "seconds"}) move_attribute(child, key, time.get_object(), key);
  }
  Json day = taken(schedule, "dayofmonth");
  if (schedule.contains("month") || day.is_object()) {
    XmlElement& month = element.add("month");
    move_attribute(month, "month", schedule, "month");
    if (day.is_object()) move_attribute(month, "day", day.get_object(), "day");
  }
  if (Json weekday = taken(schedule, "weekday"); weekday.is_object()) {
    move_attribute(element.add("weekday"), "day", weekday.get_object(), "day");
  }
  if (schedule.contains("year")) move_attribute(element.add("year"), "year", schedule, "year");
  add_rest(element, schedule, {});
}

void add_limits(XmlElement& job, JsonObject& document) {
  if (document.contains("loglimit")) {
    XmlElement& logging = job.add("logging");
    move_attribute(logging, "limit", document, "loglimit");
    move_attribute(logging, "limitAction", document, "loglimitAction");
    move_attribute(logging, "status", document, "loglimitStatus");
  }
  Json retry = taken(document, "retry");
  if (retry.is_object()) {
    XmlElement& element = job.add_text("retry", text_or(retry.get_object(), "retry"));
    move_attribute(element, "delay", retry.get_object(), "delay");
  } else if (!retry.is_null()) {
    job.add_text("retry", plain_text(retry).value_or(""));
  }
}

// Plugins by service and name, the only shape that the format has words for.
bool has_plugin_words(const Json& plugins) {
  const auto is_regular = [](const auto& service) {
    const JsonObject* providers = service.value().if_object();
    return is_xml_name(service.key()) && service.key() != "element" && providers && !providers->empty() &&
           std::all_of(providers->begin(), providers->end(),
                       [](const auto& entry) { return entry.value().is_object(); });
  };
  return std::all_of(plugins.get_object().begin(), plugins.get_object().end(), is_regular);
}

void add_job_plugins(XmlElement& job, JsonObject& document) {
  const Json* plugins = document.if_contains("plugins");
  if (!plugins || !plugins->is_object() || !has_plugin_words(*plugins)) return;
  const Json taken_plugins = taken(document, "plugins");
  XmlElement& element = job.add("plugins");
  for (const auto& service : taken_plugins.get_object()) {
    for (const auto& provider : service.value().get_object()) {
      XmlElement& child = element.add(service.key());
      child.set("type", provider.key());
      if (!provider.value().get_object().empty()) add_data(child, "configuration", provider.value());
    }
  }
}

// A notification of a trigger that XML cannot name goes with the rest, as data.
void add_job_notifications(XmlElement& job, JsonObject& document) {
  const Json* triggers = document.if_contains("notification");
  if (!triggers || !triggers->is_object()) return;
  for (const auto& trigger : triggers->get_object()) {
    if (!is_xml_name(trigger.key()) || trigger.key() == "element") return;
  }
  const Json taken_triggers = taken(document, "notification");
  add_notifications(job, taken_triggers.get_object());
}

}  // namespace

XmlElement job_element(JsonObject document) {
  XmlElement job;
  job.name = "job";
  add_options(job, document);
  add_node_filters(job, document);
  add_schedule(job, document);
  add_limits(job, document);
  add_job_plugins(job, document);
  add_job_notifications(job, document);
  if (Json sequence = taken(document, "sequence"); sequence.is_object()) {
    add_sequence(job, std::move(sequence.get_object()));
  }
  for (const char* key :
       {"id", "uuid", "name", "group", "description", "loglevel", "scheduleEnabled", "executionEnabled", "defaultTab",
        "timeout", "multipleExecutions", "maxMultipleExecutions", "nodeFilterEditable", "nodesSelectedByDefault",
        "excludeFilterUncheck", "timeZone", "notifyAvgDurationThreshold"}) {
    move_child(job, key, document, key);
  }
  if (const Json use = taken(document, "orchestrator"); use.is_object()) add_value(job, "orchestrator", use);
  add_rest(job, document, {"context", "dispatch", "logging", "nodefilters", "plugins", "notification"});
  return job;
}

void move_attribute(XmlElement& element, std::string_view name, JsonObject& map, std::string_view member) {
  const Json value = taken(map, member);
  if (auto text = plain_text(value)) element.set(std::string(name), std::move(*text));
}

void move_child(XmlElement& element, std::string_view name, JsonObject& map, std::string_view member) {
  const Json value = taken(map, member);
  if (auto text = plain_text(value)) element.add_text(std::string(name), std::move(*text));
}

void add_entries(XmlElement& element, const std::string& name, const JsonObject& settings) {
  if (settings.empty()) return;
  XmlElement& child = element.add(name);
  std::vector<std::string_view> keys;
  for (const auto& entry : settings) keys.push_back(entry.key());
  std::sort(keys.begin(), keys.end());
  for (const std::string_view key : keys) {
    const Json& value = settings.at(key);
    XmlElement& entry = child.add("entry");
    entry.set("key", std::string(key));
    if (const auto* text = value.if_string()) {
      entry.set("value", std::string(text->data(), text->size()));
    } else {
      entry.set("type", "json");
      entry.set("value", value.is_double() ? *plain_text(value) : boost::json::serialize(value));
    }
  }
}

void add_rest(XmlElement& element, const JsonObject& rest, std::initializer_list<std::string_view> reserved) {
  JsonObject unnamed;
  for (const auto& entry : rest) {
    const std::string_view key = entry.key();
    const bool is_reserved = std::find(reserved.begin(), reserved.end(), key) != reserved.end();
    if (is_reserved || !is_xml_name(key) || key == "element" || key == extra_fields) {
      unnamed.emplace(key, entry.value());
    } else {
      add_value(element, std::string(key), entry.value());
    }
  }
  if (!unnamed.empty()) add_data(element, extra_fields, unnamed);
}

void add_dispatch(XmlElement& element, JsonObject dispatch) {
  for (const char* key : {"threadcount", "keepgoing", "excludePrecedence", "successOnEmptyNodeFilter", "nodeIntersect",
                          "rankAttribute", "rankOrder"}) {
    move_child(element, key, dispatch, key);
  }
  add_rest(element, dispatch, {});
}

std::string write_job_xml(const std::vector<JsonObject>& documents) {
  XmlElement root;
  root.name = "joblist";
  root.children.reserve(documents.size());
  for (const JsonObject& document : documents) root.children.push_back(job_element(document));
  root.sort();
  return write_xml(root);
}

}  // namespace qd::codec
