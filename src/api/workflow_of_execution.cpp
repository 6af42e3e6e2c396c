#include "api/workflow_of_execution.hpp"

#include "api/answers.hpp"
#include "api/route.hpp"
#include "base/text.hpp"

namespace qd::api {
namespace {

constexpr std::size_t kTitleBytes = 200;

std::string first_line(const std::string& text) {
  std::string line(base::trim(text));
  line = line.substr(0, std::min(line.find('\n'), kTitleBytes));
  while (!line.empty() && (static_cast<unsigned char>(line.back()) & 0xC0) == 0x80) line.pop_back();
  if (!line.empty() && static_cast<unsigned char>(line.back()) >= 0xC0) line.pop_back();
  return line;
}

const char* kind_of(const model::Step& step) {
  if (std::holds_alternative<model::CommandStep>(step.action)) return "command";
  if (std::holds_alternative<model::JobRefStep>(step.action)) return "jobref";
  if (std::holds_alternative<model::PluginStep>(step.action)) return "plugin";
  switch (std::get<model::ScriptStep>(step.action).source) {
    case model::ScriptStep::Source::file:
      return "scriptfile";
    case model::ScriptStep::Source::url:
      return "scripturl";
    case model::ScriptStep::Source::text:
      break;
  }
  return "script";
}

std::string content_of(const model::Step& step) {
  if (const auto* command = std::get_if<model::CommandStep>(&step.action)) return command->command;
  if (const auto* script = std::get_if<model::ScriptStep>(&step.action)) return script->script;
  if (const auto* plugin = std::get_if<model::PluginStep>(&step.action)) return plugin->type;
  const auto& reference = std::get<model::JobRefStep>(step.action);
  return reference.group.empty() ? reference.name : reference.group + "/" + reference.name;
}

// Titles only where somebody wrote a description, for those who may not read the job.
JsonArray steps_json(const model::Workflow& workflow, bool readable) {
  JsonArray steps;
  for (const model::Step& step : workflow.steps) {
    std::string title = step.description;
    const bool open = readable || std::holds_alternative<model::JobRefStep>(step.action);
    if (title.empty() && open) title = first_line(content_of(step));
    steps.push_back(
        JsonObject{{"stepctx", std::to_string(steps.size() + 1)}, {"kind", kind_of(step)}, {"title", title}});
  }
  return steps;
}

// The parameters with which project/P/run/command, run/script or run/url would run it again.
JsonObject ad_hoc_json(const model::Step& step) {
  if (const auto* command = std::get_if<model::CommandStep>(&step.action)) return {{"exec", command->command}};
  const auto* script = std::get_if<model::ScriptStep>(&step.action);
  if (script == nullptr) return {};
  JsonObject object{{script->source == model::ScriptStep::Source::url ? "scriptURL" : "script", script->script}};
  if (!script->args.empty()) object["argString"] = script->args;
  if (!script->interpreter.empty()) object["scriptInterpreter"] = script->interpreter;
  if (script->interpreter_args_quoted) object["interpreterArgsQuoted"] = true;
  if (!script->file_extension.empty()) object["fileExtension"] = script->file_extension;
  return object;
}

JsonObject nodes_json(const model::NodeFilters& filters) {
  JsonObject nodes{{"filter", filters.filter}};
  if (!filters.filter_exclude.empty()) nodes["filterExclude"] = filters.filter_exclude;
  if (filters.dispatch.threadcount) nodes["threadcount"] = *filters.dispatch.threadcount;
  if (filters.dispatch.keepgoing) nodes["keepgoing"] = *filters.dispatch.keepgoing;
  return nodes;
}

JsonArray secure_options(const model::Job& job) {
  JsonArray names;
  for (const model::Option& option : job.options) {
    if (option.secure) names.emplace_back(option.name);
  }
  return names;
}

void put_workflow(JsonObject& object, const model::Job& job, bool readable) {
  object["steps"] = steps_json(job.workflow, readable);
  object["strategy"] = job.workflow.strategy;
  if (job.node_filters) object["nodes"] = nodes_json(*job.node_filters);
}

// The job as it was then, and what it asks for now.
void put_job(JsonObject& object, Call& call, const model::Execution& execution) {
  auto& jobs = call.services.jobs;
  const auto stored = jobs.find(call.who, execution.job_uuid, "view");
  if (!stored) return;
  const model::Job& now = (*stored)->job;
  const bool readable = jobs.find(call.who, execution.job_uuid, "read").has_value();
  object["secureOptions"] = secure_options(now);
  if (execution.ad_hoc) {
    put_workflow(object, *execution.ad_hoc, readable);
  } else if ((*stored)->revision == execution.job_revision) {
    put_workflow(object, now, readable);
  } else if (const auto then = jobs.at_revision(call.who, execution.job_uuid, execution.job_revision, "view")) {
    put_workflow(object, then->job, readable);
  }
}

// The filter it ran with, when that is not the job's own; else "".
std::string chosen_filter(const JsonObject& object, const model::Execution& execution) {
  const Json* nodes = object.if_contains("nodes");
  const bool own = nodes != nullptr && text_or(nodes->get_object(), "filter") == execution.node_filter;
  return own ? "" : execution.node_filter;
}

}  // namespace

http::Response workflow_of_execution(Call& call) {
  const auto execution = call.services.executions.find(call.who, call.param("id"));
  if (!execution) return error_answer(execution.error());
  JsonObject object{{"loglevel", execution->log_level}, {"steps", JsonArray()}};
  if (execution->retry_of) object["retryOf"] = *execution->retry_of;
  if (!execution->job_uuid.empty()) {
    put_job(object, call, *execution);
  } else if (execution->ad_hoc) {
    put_workflow(object, *execution->ad_hoc, true);
    const auto& steps = execution->ad_hoc->workflow.steps;
    if (steps.size() == 1) object["adHoc"] = ad_hoc_json(steps.front());
  }
  if (const auto chosen = chosen_filter(object, *execution); !chosen.empty()) object["chosenFilter"] = chosen;
  return json_answer(object);
}

}  // namespace qd::api
