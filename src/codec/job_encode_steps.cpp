#include <set>

#include "base/text.hpp"
#include "codec/job_encode.hpp"

namespace qd::codec {
namespace {

using model::Notification;
using model::ScriptStep;

JsonObject write_action(const model::CommandStep& command) {
  return JsonObject{{"exec", command.command}};
}

JsonObject write_action(const ScriptStep& script) {
  JsonObject object;
  const bool inline_text = script.source == ScriptStep::Source::text;
  object[inline_text                                 ? "script"
         : script.source == ScriptStep::Source::file ? "scriptfile"
                                                     : "scripturl"] = script.script;
  if (!script.args.empty()) object["args"] = script.args;
  if (!script.interpreter.empty() || script.interpreter_args_quoted) {
    if (!script.interpreter.empty()) object["scriptInterpreter"] = script.interpreter;
    object["interpreterArgsQuoted"] = script.interpreter_args_quoted;
  }
  if (!script.file_extension.empty()) object["fileExtension"] = script.file_extension;
  if (!inline_text) object["expandTokenInScriptFile"] = script.expand_tokens.value_or(false);
  return object;
}

// Thread counts of job references are numbers in the peer's files, those of jobs are texts.
JsonObject write_reference_filters(const model::NodeFilters& filters) {
  JsonObject object;
  JsonObject dispatch = write_dispatch(filters.dispatch);
  if (filters.dispatch.threadcount) {
    if (auto count = base::parse_int(*filters.dispatch.threadcount);
        count && std::to_string(*count) == *filters.dispatch.threadcount) {
      dispatch["threadcount"] = *count;
    }
  }
  if (!dispatch.empty()) object["dispatch"] = dispatch;
  if (!filters.filter.empty()) object["filter"] = filters.filter;
  if (!filters.filter_exclude.empty()) object["filterExclude"] = filters.filter_exclude;
  add_extra(object, filters.extra);
  return object;
}

JsonObject write_action(const model::JobRefStep& job) {
  JsonObject object{{"group", job.group}, {"name", job.name}};
  const auto put_text = [&](const char* key, const std::string& text) {
    if (!text.empty()) object[key] = text;
  };
  const auto put_true = [&](const char* key, bool truth) {
    if (truth) object[key] = true;
  };
  put_text("project", job.project);
  put_text("uuid", job.uuid);
  put_text("args", job.args);
  if (job.node_step) object["nodeStep"] = "true";  // texts, as the peer writes them
  const bool assumed = !job.name.empty() && job.uuid.empty();
  if (job.use_name || assumed) object["useName"] = job.use_name ? "true" : "false";
  put_true("failOnDisable", job.fail_on_disable);
  put_true("childNodes", job.child_nodes);
  put_true("importOptions", job.import_options);
  put_true("ignoreNotifications", job.ignore_notifications);
  if (job.node_filters) {
    JsonObject filters = write_reference_filters(*job.node_filters);
    if (filters.empty()) filters["filter"] = "";
    object["nodefilters"] = filters;
  }
  add_extra(object, job.extra);
  return JsonObject{{"jobref", object}};
}

JsonObject write_action(const model::PluginStep& plugin) {
  JsonObject object{{"nodeStep", plugin.node_step}, {"type", plugin.type}};
  if (!plugin.configuration.empty()) object["configuration"] = plugin.configuration;
  return object;
}

JsonObject write_step(const model::Step& step) {
  JsonObject object = std::visit([](const auto& action) { return write_action(action); }, step.action);
  if (!step.description.empty()) object["description"] = step.description;
  if (!step.error_handler.empty()) object["errorhandler"] = write_step(step.error_handler.front());
  if (step.keepgoing_on_success) object["keepgoingOnSuccess"] = *step.keepgoing_on_success;
  if (!step.plugins.empty()) object["plugins"] = step.plugins;
  add_extra(object, step.extra);
  return object;
}

JsonObject write_plugin_notification(const Notification& notification) {
  return JsonObject{{"type", notification.type}, {"configuration", notification.config}};
}

JsonObject write_webhook(const Notification& notification) {
  JsonObject object{{"urls", nullptr}, {"httpMethod", nullptr}, {"format", nullptr}};
  for (const auto& entry : notification.config) object[entry.key()] = entry.value();
  return object;
}

// One kind more than once at some trigger: then the peer writes lists, else maps.
bool any_repeats(const std::vector<Notification>& notifications) {
  std::set<std::pair<std::string, Notification::Kind>> seen;
  for (const Notification& notification : notifications) {
    if (!seen.emplace(notification.trigger, notification.kind).second) return true;
  }
  return false;
}

void add_to_map(JsonObject& trigger, const Notification& notification) {
  switch (notification.kind) {
    case Notification::Kind::email:
      trigger["email"] = notification.config;
      break;
    case Notification::Kind::plugin:
      trigger["plugin"] = write_plugin_notification(notification);
      break;
    case Notification::Kind::webhook:
      for (const auto& entry : write_webhook(notification)) trigger[entry.key()] = entry.value();
      break;
  }
}

void add_to_list(JsonArray& trigger, const Notification& notification) {
  switch (notification.kind) {
    case Notification::Kind::email:
      trigger.push_back(JsonObject{{"email", notification.config}});
      break;
    case Notification::Kind::webhook:
      trigger.push_back(write_webhook(notification));
      break;
    case Notification::Kind::plugin:
      const Json plugin = write_plugin_notification(notification);
      JsonObject* last = trigger.empty() ? nullptr : trigger.back().if_object();
      if (last && last->contains("plugin")) {
        last->at("plugin").as_array().push_back(plugin);
      } else {
        trigger.push_back(JsonObject{{"plugin", JsonArray{plugin}}});
      }
      break;
  }
}

}  // namespace

JsonObject write_workflow(const model::Workflow& workflow) {
  JsonObject object{{"keepgoing", workflow.keepgoing}, {"strategy", workflow.strategy}};
  JsonArray& commands = object["commands"].emplace_array();
  commands.reserve(workflow.steps.size());
  for (const model::Step& step : workflow.steps) commands.push_back(write_step(step));
  if (!workflow.plugin_config.empty()) object["pluginConfig"] = workflow.plugin_config;
  add_extra(object, workflow.extra);
  return object;
}

JsonObject write_notifications(const std::vector<Notification>& notifications) {
  JsonObject object;
  const bool lists = any_repeats(notifications);
  for (const Notification& notification : notifications) {
    Json& trigger = object[notification.trigger];
    if (lists) {
      if (!trigger.is_array()) trigger.emplace_array();
      add_to_list(trigger.get_array(), notification);
    } else {
      if (!trigger.is_object()) trigger.emplace_object();
      add_to_map(trigger.get_object(), notification);
    }
  }
  return object;
}

}  // namespace qd::codec
