#include <algorithm>

#include "base/text.hpp"
#include "codec/job_decode.hpp"
#include "codec/job_encode.hpp"

namespace qd::codec {
namespace {

using model::ScriptStep;
using model::Step;

bool is_url(std::string_view path) {
  const std::string start = base::lower(path.substr(0, 6));
  return start.starts_with("http:") || start.starts_with("https:") || start.starts_with("file:");
}

// Names of the peer's built-in steps when they are written as plugin steps: of its newest release, and of its API.
bool is_builtin_type(std::string_view type) {
  static constexpr std::string_view types[] = {"exec-command",     "script-inline",  "script-file-url",
                                               "builtin-command",  "builtin-script", "builtin-scriptfile",
                                               "builtin-scripturl"};
  return std::find(std::begin(types), std::end(types), type) != std::end(types);
}

// The peer keeps a log filter list per place; one without settings is written in several ways.
JsonObject tidy_plugins(const JsonObject& plugins) {
  JsonObject tidy = plugins;
  const auto found = tidy.find("LogFilter");
  if (found == tidy.end()) return tidy;
  Json& filters = found->value();
  if (filters.is_object()) filters = JsonArray{filters};
  if (!filters.is_array()) return tidy;
  for (Json& filter : filters.get_array()) {
    JsonObject* object = filter.if_object();
    const Json* config = object ? object->if_contains("config") : nullptr;
    if (config && (config->is_null() || *config == Json("") || *config == Json(JsonObject{}))) object->erase("config");
  }
  return tidy;
}

struct StepPlace {
  FieldPath path;
  std::string subject;  // "step 3"
};

// Reads a built-in step from either of its spellings: the keys of job files, or those of the peer's plugin settings.
// `type` decides when there is neither.
class BuiltinReader {
 public:
  BuiltinReader(Fields& fields, std::string_view type) : fields_(fields), type_(type) {}

  void read(Step& step) {
    const bool command = type_ == "exec-command" || type_ == "builtin-command";
    if (present("exec", "adhocRemoteString") || command) {
      step.action = model::CommandStep{either("exec", "adhocRemoteString")};
      return;
    }
    ScriptStep script;
    if (present("script", "adhocLocalString") || type_ == "script-inline" || type_ == "builtin-script") {
      script.script = either("script", "adhocLocalString");
      script.expand_tokens = fields_.maybe_flag("expandTokenInScriptFile");
    } else {
      read_file(script);
      script.expand_tokens = fields_.flag("expandTokenInScriptFile", false);
    }
    script.args = either("args", "argString");
    script.interpreter = fields_.text("scriptInterpreter");
    script.interpreter_args_quoted = fields_.flag("interpreterArgsQuoted", false);
    script.file_extension = fields_.text("fileExtension");
    step.action = std::move(script);
  }

 private:
  void read_file(ScriptStep& script) {
    if (present("scriptfile", "adhocFilepath") || !fields_.take("scripturl")) {
      script.script = either("scriptfile", "adhocFilepath");
      script.source = is_url(script.script) ? ScriptStep::Source::url : ScriptStep::Source::file;
    } else {
      script.script = fields_.text("scripturl");
      script.source = ScriptStep::Source::url;
    }
  }

  bool present(std::string_view key, std::string_view other) { return fields_.holds(key) || fields_.holds(other); }
  std::string either(std::string_view key, std::string_view other) {
    std::string text = fields_.text(key);
    return fields_.holds(key) ? text : fields_.text(other);
  }

  Fields& fields_;
  std::string_view type_;
};

bool has(const JsonObject& object, std::string_view key) {
  const Json* value = object.if_contains(key);
  return value && !value->is_null();
}

bool has_text(const JsonObject& object, std::string_view key) {
  return has(object, key) && *object.if_contains(key) != Json("");
}

bool is_builtin(const JsonObject& object) {
  return has(object, "exec") || has(object, "script") || has(object, "scriptfile") || has(object, "scripturl");
}

// Some files write these beside `jobref`, not in it.
void take_from_step(Fields& step, Fields& reference, std::string_view key, bool& flag) {
  if (auto own = reference.maybe_flag(key)) {
    flag = *own;
    step.take(key);
  } else {
    flag = step.flag(key, false);
  }
}

model::JobRefStep read_job_reference(Fields& step, const StepPlace& place, FieldProblem& problem) {
  static const JsonObject none;
  const JsonObject* object = step.object("jobref");
  Fields fields(object ? *object : none, step.path_of("jobref"), place.subject + " job reference", problem);
  model::JobRefStep job;
  job.name = fields.text("name");
  job.group = fields.text("group");
  job.uuid = fields.text("uuid");
  job.args = fields.text("args");
  job.project = fields.text("project");
  if (job.project.empty()) job.project = step.text("project");
  job.node_step = fields.flag("nodeStep", false);
  take_from_step(step, fields, "failOnDisable", job.fail_on_disable);
  take_from_step(step, fields, "childNodes", job.child_nodes);
  take_from_step(step, fields, "importOptions", job.import_options);
  job.ignore_notifications = fields.flag("ignoreNotifications", false);
  job.use_name = fields.flag("useName", !job.name.empty() && job.uuid.empty());
  if (const JsonObject* filters = fields.object("nodefilters"); filters && !filters->empty()) {
    job.node_filters = read_node_filters(*filters, fields.path_of("nodefilters"), fields.subject(), problem);
  }
  job.extra = fields.rest();
  return job;
}

model::PluginStep read_plugin_step(Fields& fields, bool conditional) {
  model::PluginStep plugin;
  plugin.type = fields.text("type");
  if (plugin.type.empty() && conditional) plugin.type = "conditional";
  if (plugin.type.empty()) {
    fields.problem().report(fields.path_of("type"),
                            fields.subject() + " has none of exec, script, scriptfile, scripturl, jobref and type");
  }
  plugin.node_step = fields.flag("nodeStep", false);
  if (const JsonObject* config = fields.object("configuration")) plugin.configuration = *config;
  return plugin;
}

// A built-in step in the clothes of a plugin step: what its configuration holds beyond is kept as `extra`.
void read_disguised(Fields& fields, Step& step) {
  static const JsonObject none;
  const std::string type = fields.text("type");
  fields.take("nodeStep");
  const JsonObject* object = fields.object("configuration");
  Fields config(object ? *object : none, fields.path_of("configuration"), fields.subject(), fields.problem());
  BuiltinReader(config, type).read(step);
  for (const char* key : {"type", "nodeStep", "configuration", "description", "plugins", "errorhandler",
                          "keepgoingOnSuccess", "jobref", "conditionGroups"}) {
    config.take(key);  // they would mean something else beside a built-in step
  }
  step.extra = config.rest();
}

Step read_step(const Json& value, const StepPlace& place, FieldProblem& problem);

void read_common(Fields& fields, const StepPlace& place, Step& step, FieldProblem& problem) {
  step.description = fields.text("description");
  step.keepgoing_on_success = fields.maybe_flag("keepgoingOnSuccess");
  if (const JsonObject* plugins = fields.object("plugins")) step.plugins = tidy_plugins(*plugins);
  const Json* handler = fields.take("errorhandler");
  if (handler && *handler != Json("") && *handler != Json(JsonObject{})) {
    step.error_handler.push_back(
        read_step(*handler, {fields.path_of("errorhandler"), place.subject + " error handler"}, problem));
  }
}

void read_action(Fields& fields, const JsonObject& object, const StepPlace& place, Step& step, FieldProblem& problem) {
  const std::string type = Fields(object, place.path, place.subject, problem).text("type");
  if (has_text(object, "conditionGroups")) {
    step.action = read_plugin_step(fields, true);
  } else if (has(object, "jobref")) {
    step.action = read_job_reference(fields, place, problem);
  } else if (type.empty() && is_builtin(object)) {
    fields.take("type");
    fields.take("nodeStep");
    fields.take("configuration");
    BuiltinReader(fields, type).read(step);
  } else if (is_builtin_type(type)) {
    read_disguised(fields, step);
  } else {
    step.action = read_plugin_step(fields, false);
  }
}

Step read_step(const Json& value, const StepPlace& place, FieldProblem& problem) {
  Step step;
  const JsonObject* object = value.if_object();
  if (!object) {
    problem.report(place.path, place.subject + " must be a map, not " + shown(value));
    return step;
  }
  Fields fields(*object, place.path, place.subject, problem);
  read_action(fields, *object, place, step, problem);
  read_common(fields, place, step, problem);
  add_extra(step.extra, fields.rest());
  return step;
}

}  // namespace

model::Workflow read_workflow(const JsonObject& sequence, FieldProblem& problem) {
  Fields fields(sequence, {"sequence"}, "sequence", problem);
  model::Workflow workflow;
  workflow.keepgoing = fields.flag("keepgoing", false);
  workflow.strategy = fields.maybe_text("strategy").value_or("node-first");
  if (const JsonObject* config = fields.object("pluginConfig")) workflow.plugin_config = tidy_plugins(*config);
  if (const JsonArray* commands = fields.list("commands")) {
    workflow.steps.reserve(commands->size());
    for (std::size_t i = 0; i < commands->size() && !problem.found; ++i) {
      const std::string number = std::to_string(i);
      workflow.steps.push_back(
          read_step((*commands)[i], {{"sequence", "commands", number}, "step " + std::to_string(i + 1)}, problem));
    }
  }
  workflow.extra = fields.rest();
  return workflow;
}

}  // namespace qd::codec
