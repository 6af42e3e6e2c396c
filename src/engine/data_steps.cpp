// Steps that make data: export-var, log-data-step, stub-data-step, stub-data-node-step.
#include "base/properties.hpp"
#include "base/text.hpp"
#include "codec/yaml.hpp"
#include "engine/plugin_step.hpp"

namespace qd::engine {

namespace {

using Data = std::map<std::string, std::string>;

constexpr const char* kStubGroup = "stub";

Result<Data> data_of_json(const Json& json, const char* format) {
  if (!json.is_object()) return fail(ErrorKind::invalid, std::string("Could not read ") + format + " data");
  Data data;
  for (const auto& [key, value] : json.get_object()) {
    data[std::string(key)] = scalar_text(value).value_or(boost::json::serialize(value));
  }
  return data;
}

Result<Data> parse_data(const std::string& format, const std::string& text) {
  if (format == "json") {
    const auto json = parse_json(text);
    return json ? data_of_json(*json, "json") : Result<Data>(fail(json.error()));
  }
  if (format == "yaml") {
    const auto json = codec::parse_yaml(text);
    return json ? data_of_json(*json, "yaml") : Result<Data>(fail(json.error()));
  }
  if (format != "properties") return fail(ErrorKind::invalid, "The format '" + format + "' is not known");
  const auto properties = base::parse_properties(text);
  if (!properties) return fail(properties.error());
  Data data;
  for (const auto& property : *properties) data[property.key] = property.value;
  return data;
}

// Puts the step's data into the scope of `node`; the error is for people.
Result<void> put_data(SharedData& shared, StepLog& log, std::size_t step, const std::string& node,
                      const JsonObject& settings) {
  const auto format = text_or(settings, "format", "properties");
  const auto text = text_or(settings, "data");
  const auto data = parse_data(format, text);
  if (!data) return fail(data.error());
  for (const auto& [key, value] : *data) {
    if (!shared.set(step, node, kStubGroup, key, value)) {
      return fail(ErrorKind::too_large, "The steps of this workflow hold more than 64 MiB of data");
    }
  }
  log.line(log::Level::normal, "Added " + std::to_string(data->size()) + " data values");
  if (format == "properties")
    log.line(log::Level::normal, text, {{"content-data-type", "application/x-java-properties"}});
  if (format == "json") log.line(log::Level::normal, text, {{"content-data-type", "application/json"}});
  return {};
}

JsonObject table_of(const SharedData::Groups& groups) {
  JsonObject table;
  for (const auto& [name, values] : groups) {
    JsonObject& group = table[name].emplace_object();
    for (const auto& [key, value] : values) group[key] = value;
  }
  return table;
}

void log_scope(const WorkflowTask& task, log::Level level, const std::string& title, const JsonObject& table) {
  task.log.line(level, boost::json::serialize(table),
                {{"content-data-type", "application/json"}, {"content-meta:table-title", title}});
}

}  // namespace

StepOutcome export_variable(const WorkflowTask& task, const JsonObject& settings) {
  const auto value = text_or(settings, "value"), group = text_or(settings, "group", "export"),
             name = text_or(settings, "export");
  if (base::trim(value).empty()) return StepOutcome::failure("EmptyValue", "Empty value");
  if (base::trim(group).empty()) return StepOutcome::failure("NoGroup", "Required Group");
  if (base::trim(name).empty()) return StepOutcome::failure("NoName", "Required Name");
  if (!task.frame.data->set(task.step, "", group, name, value)) {
    return StepOutcome::failure(step_reason::invalid_data, "The steps of this workflow hold more than 64 MiB of data");
  }
  return StepOutcome::success();
}

StepOutcome log_data(const WorkflowTask& task, const JsonObject& settings) {
  const auto level = truth_or(settings, "debugOnly", false) ? log::Level::verbose : log::Level::normal;
  auto all = task.frame.data->all();
  auto global = table_of(all[""]);
  for (const auto& name : task.context.group_names()) {
    JsonObject& group = global[name].is_object() ? global[name].get_object() : global[name].emplace_object();
    for (const auto& [key, value] : task.context.group(name)) group[key] = value;
  }
  log_scope(task, level, "global", global);
  for (const auto& [node, groups] : all) {
    if (!node.empty()) log_scope(task, level, "@" + node, table_of(groups));
  }
  return StepOutcome::success();
}

StepOutcome give_data(const WorkflowTask& task, const JsonObject& settings) {
  if (auto put = put_data(*task.frame.data, task.log, task.step, "", settings); !put) {
    return StepOutcome::failure(step_reason::invalid_data, put.error().message);
  }
  return StepOutcome::success();
}

node::NodeResult give_node_data(const NodeTask& task, std::size_t step, const JsonObject& settings) {
  if (auto put = put_data(*task.frame.data, task.log, step, task.node.name, settings); !put) {
    return node::NodeResult::failure(step_reason::invalid_data, put.error().message);
  }
  return node::NodeResult::ok();
}

}  // namespace qd::engine
