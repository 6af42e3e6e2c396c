#include "codec/job_encode.hpp"

#include "base/text.hpp"
#include "codec/job_codec.hpp"
#include "codec/job_decode.hpp"

namespace qd::codec {
namespace {

void put_text(JsonObject& object, std::string_view key, const std::string& text) {
  if (!text.empty()) object[key] = text;
}

void put_true(JsonObject& object, std::string_view key, bool truth) {
  if (truth) object[key] = true;
}

void put_map(JsonObject& object, std::string_view key, const JsonObject& map) {
  if (!map.empty()) object[key] = map;
}

JsonObject write_option(const model::Option& option) {
  JsonObject object;
  object["name"] = option.name;
  put_text(object, "label", option.label);
  put_text(object, "description", option.description);
  put_text(object, "type", option.type);
  put_map(object, "config", option.config);
  if (option.value) object["value"] = *option.value;
  if (!option.values.empty()) {
    JsonArray& values = object["values"].emplace_array();
    for (const std::string& value : option.values) values.emplace_back(value);
  }
  if (!option.values.empty() || !option.values_delimiter.empty()) {
    object["valuesListDelimiter"] = option.values_delimiter.empty() ? "," : option.values_delimiter;
  }
  put_text(object, "valuesUrl", option.values_url);
  put_map(object, "configRemoteUrl", option.config_remote_url);
  put_text(object, "optionValuesPluginType", option.values_plugin);
  put_text(object, "regex", option.regex);
  put_text(object, "storagePath", option.storage_path);
  put_text(object, "dateFormat", option.date_format);
  put_true(object, "required", option.required);
  put_true(object, "enforced", option.enforced);
  put_true(object, "multivalued", option.multivalued);
  if (option.multivalued || !option.delimiter.empty()) {
    object["delimiter"] = option.delimiter.empty() ? "," : option.delimiter;
  }
  put_true(object, "multivalueAllSelected", option.multivalue_all_selected);
  put_true(object, "secure", option.secure);
  put_true(object, "valueExposed", option.value_exposed);
  put_true(object, "isDate", option.is_date);
  put_true(object, "hidden", option.hidden);
  put_true(object, "sortValues", option.sort_values);
  add_extra(object, option.extra);
  return object;
}

JsonObject write_schedule(const model::Schedule& schedule) {
  JsonObject object;
  if (!schedule.crontab.empty()) {
    object["crontab"] = schedule.crontab;
  } else if (schedule.parts) {
    const model::Schedule::Parts& parts = *schedule.parts;
    object["time"] = JsonObject{{"hour", parts.hour}, {"minute", parts.minute}, {"seconds", parts.seconds}};
    object["month"] = parts.month;
    object["year"] = parts.year;
    if (!parts.day_of_month.empty()) {
      object["dayofmonth"] = JsonObject{{"day", parts.day_of_month}};
    } else {
      object["weekday"] = JsonObject{{"day", parts.day_of_week.empty() ? "*" : parts.day_of_week}};
    }
  }
  add_extra(object, schedule.extra);
  return object;
}

JsonObject write_filters(const model::NodeFilters& filters) {
  model::Dispatch dispatch = filters.dispatch;
  fill_dispatch(dispatch);
  JsonObject object{{"dispatch", write_dispatch(dispatch)}, {"filter", filters.filter}};
  put_text(object, "filterExclude", filters.filter_exclude);
  add_extra(object, filters.extra);
  return object;
}

void write_limits(JsonObject& object, const model::Job& job) {
  if (job.log_limit) {
    object["loglimit"] = job.log_limit->limit;
    object["loglimitAction"] = job.log_limit->action.empty() ? "halt" : job.log_limit->action;
    object["loglimitStatus"] = job.log_limit->status.empty() ? "failed" : job.log_limit->status;
  }
  put_text(object, "timeout", job.timeout);
  if (job.retry && !job.retry->delay.empty()) {
    object["retry"] = JsonObject{{"retry", job.retry->count}, {"delay", job.retry->delay}};
  } else if (job.retry) {
    object["retry"] = job.retry->count;
  }
  put_true(object, "multipleExecutions", job.multiple_executions);
  put_text(object, "maxMultipleExecutions", job.max_multiple_executions);
}

void write_nodes(JsonObject& object, const model::Job& job) {
  object["nodeFilterEditable"] = job.node_filter_editable;
  if (job.node_filters || !job.nodes_selected_by_default) {
    object["nodesSelectedByDefault"] = job.nodes_selected_by_default;
  }
  if (job.node_filters) object["nodefilters"] = write_filters(*job.node_filters);
  put_true(object, "excludeFilterUncheck", job.exclude_filter_uncheck);
  if (job.orchestrator) {
    JsonObject use{{"type", job.orchestrator->type}};
    put_map(use, "configuration", job.orchestrator->config);
    object["orchestrator"] = use;
  }
}

void write_telling(JsonObject& object, const model::Job& job) {
  if (!job.notifications.empty()) object["notification"] = write_notifications(job.notifications);
  if (!job.notify_avg_duration_threshold.empty()) {
    object["notifyAvgDurationThreshold"] = job.notify_avg_duration_threshold;
  } else if (!job.notifications.empty()) {
    object["notifyAvgDurationThreshold"] = nullptr;
  }
}

}  // namespace

void add_extra(JsonObject& object, const JsonObject& extra) {
  for (const auto& entry : extra) object.emplace(entry.key(), entry.value());
}

JsonArray write_options(const std::vector<model::Option>& options) {
  JsonArray list;
  list.reserve(options.size());
  for (const model::Option& option : options) list.push_back(write_option(option));
  return list;
}

JsonObject write_dispatch(const model::Dispatch& dispatch) {
  JsonObject object;
  if (dispatch.threadcount) object["threadcount"] = *dispatch.threadcount;
  if (dispatch.keepgoing) object["keepgoing"] = *dispatch.keepgoing;
  if (dispatch.exclude_precedence) object["excludePrecedence"] = *dispatch.exclude_precedence;
  if (dispatch.success_on_empty_node_filter) {
    object["successOnEmptyNodeFilter"] = *dispatch.success_on_empty_node_filter;
  }
  if (dispatch.node_intersect) object["nodeIntersect"] = *dispatch.node_intersect;
  put_text(object, "rankAttribute", dispatch.rank_attribute);
  if (dispatch.rank_ascending) object["rankOrder"] = *dispatch.rank_ascending ? "ascending" : "descending";
  add_extra(object, dispatch.extra);
  return object;
}

JsonObject job_to_json(const model::Job& job) {
  JsonObject object;
  put_text(object, "id", job.uuid);
  put_text(object, "uuid", job.uuid);
  object["name"] = job.name;
  put_text(object, "group", job.group);
  object["description"] = job.description;
  object["loglevel"] = job.log_level;
  object["scheduleEnabled"] = job.schedule_enabled;
  object["executionEnabled"] = job.execution_enabled;
  put_text(object, "defaultTab", job.default_tab);
  write_limits(object, job);
  write_nodes(object, job);
  if (!job.options.empty()) object["options"] = write_options(job.options);
  object["sequence"] = write_workflow(job.workflow);
  if (job.schedule) object["schedule"] = write_schedule(*job.schedule);
  put_text(object, "timeZone", job.time_zone);
  write_telling(object, job);
  put_map(object, "plugins", job.plugins);
  add_extra(object, job.extra);
  return object;
}

}  // namespace qd::codec
