// What an execution ran, as it was then: the names of its steps, its nodes, and what is needed to run it again.
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

JsonArray steps_json(const service::Executed& executed) {
  JsonArray steps;
  for (const model::Step& step : executed.job.workflow.steps) {
    std::string title = step.description;
    const bool open = executed.readable || std::holds_alternative<model::JobRefStep>(step.action);
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

http::Response get_workflow(Call& call) {
  const auto execution = call.services.executions.find(call.who, call.param("id"));
  if (!execution) return error_answer(execution.error());
  JsonObject object{{"loglevel", execution->log_level}, {"steps", JsonArray()}};
  if (!execution->node_filter.empty()) object["chosenFilter"] = execution->node_filter;
  if (execution->retry_of) object["retryOf"] = *execution->retry_of;
  const auto executed = call.services.jobs.executed(call.who, *execution);
  if (!executed) return json_answer(object);
  const model::Job& job = executed->job;
  object["steps"] = steps_json(*executed);
  object["strategy"] = job.workflow.strategy;
  if (job.node_filters) object["nodes"] = nodes_json(*job.node_filters);
  if (execution->job_uuid.empty() && job.workflow.steps.size() == 1) {
    object["adHoc"] = ad_hoc_json(job.workflow.steps.front());
    return json_answer(object);
  }
  JsonArray secure;  // their values are not kept: who runs it again must give them again
  for (const model::Option& option : job.options) {
    if (option.secure) secure.emplace_back(option.name);
  }
  object["secureOptions"] = std::move(secure);
  return json_answer(object);
}

}  // namespace

const std::vector<Route>& execution_workflow_routes() {
  static const std::vector<Route> kRoutes{
      {"GET", "execution/{id}/workflow", 14, {"execution", "read"}, get_workflow},
  };
  return kRoutes;
}

}  // namespace qd::api
