#include <algorithm>

#include "codec/job_xml_read.hpp"
#include "codec/job_xml_write.hpp"
#include "codec/xml_tree.hpp"

namespace qd::codec {
namespace {

void add_script(XmlElement& element, JsonObject& step) {
  for (const char* key : {"script", "scriptfile", "scripturl"}) {
    if (!step.contains(key)) continue;
    move_child(element, key, step, key);
    element.children.back().verbatim = key == std::string_view("script");
    break;
  }
  move_child(element, "scriptargs", step, "args");
  const Json quoted = taken(step, "interpreterArgsQuoted");
  const bool is_quoted = quoted.is_bool() && quoted.get_bool();
  if (step.contains("scriptInterpreter") || is_quoted) {
    XmlElement& interpreter = element.add_text("scriptinterpreter", text_or(step, "scriptInterpreter"));
    if (is_quoted) interpreter.set("argsquoted", "true");
    step.erase("scriptInterpreter");
  }
  move_child(element, "fileExtension", step, "fileExtension");
  move_child(element, "expandTokenInScriptFile", step, "expandTokenInScriptFile");
}

void add_reference(XmlElement& element, JsonObject reference) {
  XmlElement& job = element.add("jobref");
  move_attribute(job, "name", reference, "name");
  if (text_or(reference, "group").empty()) reference.erase("group");
  for (const char* key : {"group", "project", "nodeStep"}) move_attribute(job, key, reference, key);
  if (reference.contains("args")) move_attribute(job.add("arg"), "line", reference, "args");
  for (const char* key : {"uuid", "useName", "failOnDisable", "childNodes", "importOptions", "ignoreNotifications"}) {
    move_child(job, key, reference, key);
  }
  if (Json value = taken(reference, "nodefilters"); value.is_object()) {
    JsonObject& filters = value.get_object();
    if (Json dispatch = taken(filters, "dispatch"); dispatch.is_object()) {
      add_dispatch(job.add("dispatch"), std::move(dispatch.get_object()));
    }
    if (!filters.empty()) {
      XmlElement& child = job.add("nodefilters");
      move_child(child, "filter", filters, "filter");
      move_child(child, "filterExclude", filters, "filterExclude");
      add_rest(child, filters, {"dispatch"});
    }
  }
  add_rest(job, reference, {"arg", "dispatch"});
}

void add_plugin(XmlElement& element, JsonObject& step) {
  const Json on_nodes = taken(step, "nodeStep");
  XmlElement& plugin = element.add(on_nodes.is_bool() && on_nodes.get_bool() ? "node-step-plugin" : "step-plugin");
  move_attribute(plugin, "type", step, "type");
  if (const Json settings = taken(step, "configuration"); settings.is_object()) {
    add_entries(plugin, "configuration", settings.get_object());
  }
}

void add_step(XmlElement& parent, const char* name, JsonObject step) {
  XmlElement& element = parent.add(name);
  const auto is_text = [&](const char* key) {
    const Json* value = step.if_contains(key);
    return value && !value->is_null();
  };
  if (is_text("jobref")) {
    add_reference(element, std::move(step["jobref"].as_object()));
    step.erase("jobref");
  } else if (step.contains("nodeStep") && step.contains("type")) {
    add_plugin(element, step);
  } else if (is_text("exec")) {
    move_child(element, "exec", step, "exec");
  } else {
    add_script(element, step);
  }
  move_child(element, "description", step, "description");
  move_attribute(element, "keepgoingOnSuccess", step, "keepgoingOnSuccess");
  if (const Json plugins = taken(step, "plugins"); plugins.is_object()) {
    add_step_plugins(element, "plugins", plugins.get_object());
  }
  if (Json handler = taken(step, "errorhandler"); handler.is_object()) {
    add_step(element, "errorhandler", std::move(handler.get_object()));
  }
  add_rest(element, step, {"scriptargs", "scriptinterpreter", "node-step-plugin", "step-plugin", "plugins"});
}

bool is_log_filter_list(const Json& value) {
  const JsonArray* list = value.if_array();
  const auto is_regular = [](const Json& item) {
    const JsonObject* filter = item.if_object();
    const Json* type = filter ? filter->if_contains("type") : nullptr;
    const Json* config = filter ? filter->if_contains("config") : nullptr;
    return type && type->is_string() && filter->size() == (config ? 2U : 1U) && (!config || config->is_object());
  };
  return list && !list->empty() && std::all_of(list->begin(), list->end(), is_regular);
}

// Texts become attributes; what no attribute can hold goes into <extra-fields>.
void add_attributes(XmlElement& element, const JsonObject& settings) {
  JsonObject rest;
  for (const auto& entry : settings) {
    const bool named = is_xml_name(entry.key()) && entry.key() != "data" && entry.key() != extra_fields;
    const bool known_flag = entry.value().is_bool() && entry.key().starts_with("attachLog");
    if (named && (entry.value().is_string() || known_flag)) {
      element.set(entry.key(), *plain_text(entry.value()));
    } else {
      rest.emplace(entry.key(), entry.value());
    }
  }
  if (!rest.empty()) add_data(element, extra_fields, rest);
}

void add_notification(XmlElement& trigger, const JsonObject& entry) {
  JsonObject webhook = entry;
  if (const Json email = taken(webhook, "email"); email.is_object()) {
    add_attributes(trigger.add("email"), email.get_object());
  }
  for (const Json& item : listed(taken(webhook, "plugin"))) {
    XmlElement& plugin = trigger.add("plugin");
    plugin.set("type", text_or(item.as_object(), "type"));
    if (const Json* settings = find(item, "configuration")) add_entries(plugin, "configuration", settings->as_object());
  }
  if (!webhook.contains("urls")) return;
  for (const char* key : {"httpMethod", "format"}) {
    if (const Json* value = webhook.if_contains(key); value && value->is_null()) webhook.erase(key);
  }
  add_attributes(trigger.add("webhook"), webhook);
}

}  // namespace

void add_step_plugins(XmlElement& element, const std::string& name, const JsonObject& plugins) {
  const auto is_named = [](const auto& entry) {
    return is_xml_name(entry.key()) && entry.key() != "element" && entry.key() != "data";
  };
  if (plugins.empty() || !std::all_of(plugins.begin(), plugins.end(), is_named)) {
    add_data(element, name, plugins);
    return;
  }
  XmlElement& child = element.add(name);
  for (const auto& entry : plugins) {
    if (entry.key() != "LogFilter" || !is_log_filter_list(entry.value())) {
      add_value(child, entry.key(), entry.value());
      continue;
    }
    for (const Json& filter : entry.value().get_array()) {
      XmlElement& item = child.add("LogFilter");
      item.set("type", text_or(filter.get_object(), "type"));
      if (const Json* config = find(filter, "config")) add_value(item, "config", *config);
    }
  }
}

void add_sequence(XmlElement& job, JsonObject sequence) {
  XmlElement& element = job.add("sequence");
  move_attribute(element, "keepgoing", sequence, "keepgoing");
  move_attribute(element, "strategy", sequence, "strategy");
  const Json commands = taken(sequence, "commands");
  for (const Json& step : commands.as_array()) add_step(element, "command", step.as_object());
  if (const Json config = taken(sequence, "pluginConfig"); config.is_object()) {
    add_step_plugins(element, "pluginConfig", config.get_object());
  }
  add_rest(element, sequence, {"command", "pluginConfig"});
}

void add_notifications(XmlElement& job, const JsonObject& triggers) {
  XmlElement& element = job.add("notification");
  for (const auto& trigger : triggers) {
    XmlElement& child = element.add(trigger.key());
    for (const Json& entry : listed(trigger.value())) add_notification(child, entry.as_object());
  }
}

}  // namespace qd::codec
