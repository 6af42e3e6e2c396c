#include "codec/job_decode.hpp"

#include "base/text.hpp"
#include "codec/job_encode.hpp"

namespace qd::codec {
namespace {

std::string without_outer_slashes(std::string_view group) {
  while (!group.empty() && group.front() == '/') group.remove_prefix(1);
  while (!group.empty() && group.back() == '/') group.remove_suffix(1);
  return std::string(group);
}

std::string read_log_level(Fields& fields) {
  std::string level = fields.text("loglevel");
  if (level.empty()) return "INFO";
  for (char& c : level) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  }
  return level;
}

std::optional<model::PluginUse> read_orchestrator(Fields& job, FieldProblem& problem) {
  const JsonObject* object = job.object("orchestrator");
  if (!object) return std::nullopt;
  Fields fields(*object, job.path_of("orchestrator"), "orchestrator", problem);
  model::PluginUse use;
  use.type = fields.text("type");
  if (const JsonObject* config = fields.object("configuration")) use.config = *config;
  if (use.type.empty() && use.config.empty()) return std::nullopt;
  if (use.type.empty()) fields.wrong("type", "is required");
  return use;
}

std::optional<model::Retry> read_retry(Fields& job, FieldProblem& problem) {
  model::Retry retry;
  const Json* value = job.take("retry");
  retry.delay = job.text("retryDelay");
  if (value && value->is_object()) {
    Fields fields(value->get_object(), job.path_of("retry"), "retry", problem);
    retry.count = fields.text("retry");
    if (auto delay = fields.maybe_text("delay")) retry.delay = *delay;
  } else {
    retry.count = job.text("retry");
  }
  if (retry == model::Retry{}) return std::nullopt;
  return retry;
}

std::optional<model::LogLimit> read_log_limit(Fields& job) {
  model::LogLimit limit;
  limit.limit = job.text("loglimit");
  limit.action = job.maybe_text("loglimitAction").value_or("halt");
  limit.status = job.maybe_text("loglimitStatus").value_or("failed");
  if (limit.limit.empty()) return std::nullopt;
  return limit;
}

std::string nested_text(Fields& fields, std::string_view outer, std::string_view inner, FieldProblem& problem) {
  const Json* value = fields.take(outer);
  if (!value) return {};
  if (!value->is_object()) return fields.text(outer);
  return Fields(value->get_object(), fields.path_of(outer), fields.subject(), problem).text(inner);
}

model::Schedule::Parts read_schedule_parts(Fields& fields, FieldProblem& problem) {
  model::Schedule::Parts parts;
  const auto set = [](std::string& target, std::string text) {
    if (!text.empty()) target = std::move(text);
  };
  if (const JsonObject* object = fields.object("time")) {
    Fields time(*object, fields.path_of("time"), "schedule time", problem);
    set(parts.seconds, time.text("seconds"));
    set(parts.minute, time.text("minute"));
    set(parts.hour, time.text("hour"));
  }
  set(parts.month, fields.text("month"));
  set(parts.year, fields.text("year"));
  const std::string day = nested_text(fields, "dayofmonth", "day", problem);
  const std::string weekday = nested_text(fields, "weekday", "day", problem);
  if (!day.empty() && day != "?") {
    parts.day_of_month = day;
  } else {
    parts.day_of_week = weekday.empty() ? "*" : weekday;
  }
  return parts;
}

std::optional<model::Schedule> read_schedule(Fields& job, FieldProblem& problem) {
  const JsonObject* object = job.object("schedule");
  if (!object || object->empty()) return std::nullopt;
  model::Schedule schedule;
  Fields fields(*object, job.path_of("schedule"), "schedule", problem);
  schedule.crontab = base::trim(fields.text("crontab"));
  model::Schedule::Parts parts = read_schedule_parts(fields, problem);
  if (schedule.crontab.empty()) schedule.parts = std::move(parts);
  schedule.extra = fields.rest();
  return schedule;
}

// Node filters without a filter do not send the job to nodes; their dispatch settings are kept aside.
void read_dispatching(Fields& fields, model::Job& job, FieldProblem& problem) {
  const JsonObject* object = fields.object("nodefilters");
  if (!object || object->empty()) return;
  model::NodeFilters filters = read_node_filters(*object, fields.path_of("nodefilters"), "node filters", problem);
  const auto given = [&](std::string_view key) {
    const Json* value = object->if_contains(key);
    return value && value->is_object() && !value->get_object().empty();
  };
  if (object->contains("filter") || given("include") || given("exclude")) {
    fill_dispatch(filters.dispatch);
    job.node_filters = std::move(filters);
    return;
  }
  JsonObject aside = filters.extra;
  const JsonObject dispatch = write_dispatch(filters.dispatch);
  if (!dispatch.empty()) aside["dispatch"] = dispatch;
  if (!filters.filter_exclude.empty()) aside["filterExclude"] = filters.filter_exclude;
  if (!aside.empty()) job.extra["nodefilters"] = aside;
}

void read_settings(Fields& fields, model::Job& job) {
  job.name = fields.text("name");
  job.uuid = base::trim(fields.text("uuid"));
  job.group = without_outer_slashes(fields.text("group"));
  job.description = fields.text("description");
  job.log_level = read_log_level(fields);
  job.schedule_enabled = fields.flag("scheduleEnabled", true);
  job.execution_enabled = fields.flag("executionEnabled", true);
  job.node_filter_editable = fields.flag("nodeFilterEditable", true);
  job.nodes_selected_by_default = fields.flag("nodesSelectedByDefault", true);
  job.exclude_filter_uncheck = fields.flag("excludeFilterUncheck", false);
  job.multiple_executions = fields.flag("multipleExecutions", false);
  job.max_multiple_executions = fields.text("maxMultipleExecutions");
  job.timeout = fields.text("timeout");
  job.time_zone = fields.text("timeZone");
  job.default_tab = fields.text("defaultTab");
  job.notify_avg_duration_threshold = fields.text("notifyAvgDurationThreshold");
  fields.take("id");       // repeats the uuid
  fields.take("project");  // where the file came from; the import says where it goes
}

}  // namespace

model::Job read_job(const JsonObject& document, FieldProblem& problem) {
  model::Job job;
  Fields fields(document, {}, "", problem);
  read_settings(fields, job);
  job.orchestrator = read_orchestrator(fields, problem);
  job.retry = read_retry(fields, problem);
  job.log_limit = read_log_limit(fields);
  job.schedule = read_schedule(fields, problem);
  if (const Json* options = fields.take("options")) job.options = read_options(*options, problem);
  if (const JsonObject* sequence = fields.object("sequence")) job.workflow = read_workflow(*sequence, problem);
  if (const JsonObject* triggers = fields.object("notification")) {
    job.notifications = read_notifications(*triggers, problem);
  }
  if (const JsonObject* plugins = fields.object("plugins")) job.plugins = *plugins;
  read_dispatching(fields, job, problem);
  add_extra(job.extra, fields.rest());
  return job;
}

}  // namespace qd::codec
