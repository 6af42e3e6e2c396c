// Ad-hoc commands, scripts and script URLs.
#include "api/answers.hpp"
#include "api/links.hpp"
#include "api/route.hpp"
#include "api/run_options.hpp"
#include "base/text.hpp"
#include "model/arg_string.hpp"
#include "service/errors.hpp"

namespace qd::api {
namespace {

// Parameters by name, from the JSON body when there is one.
class Fields {
 public:
  static Result<Fields> of(const Call& call) {
    Fields fields(call);
    if (call.has_json_body()) {
      auto body = call.json_body();
      if (!body) return fail(body.error());
      fields.body_ = std::move(*body);
    }
    return fields;
  }
  std::optional<std::string> text(std::string_view name) const {
    if (const Json* value = find(body_, name)) {
      auto text = scalar_text(*value);
      if (text && !text->empty()) return text;
    }
    return call_.query(name);
  }
  bool truth(std::string_view name) const { return base::iequals(text(name).value_or(""), "true"); }
  const Call& call() const { return call_; }

 private:
  explicit Fields(const Call& call) : call_(call) {}
  const Call& call_;
  JsonObject body_;
};

http::Response launch(Call& call, const Fields& fields, model::Step step) {
  service::AdHocRequest request;
  request.project = call.param("project");
  request.step = std::move(step);
  request.node_filter = fields.text("filter");
  if (!request.node_filter) request.node_filter = node_filter_of(call);
  request.threadcount = fields.text("nodeThreadcount");
  if (const auto keepgoing = fields.text("nodeKeepgoing")) request.keepgoing = base::iequals(*keepgoing, "true");
  request.as_user = fields.text("asUser");
  const auto execution = call.services.executions.run_ad_hoc(call.who, std::move(request));
  return answer(execution, [&](const model::Execution& started) {
    return json_answer(JsonObject{
        {"message", "Immediate execution scheduled (" + std::to_string(started.id) + ")"},
        {"execution", JsonObject{{"id", started.id},
                                 {"href", execution_href(call.services, started.id)},
                                 {"permalink", execution_permalink(call.services, started.project, started.id)}}}});
  });
}

model::Step script_step(const Fields& fields, model::ScriptStep::Source source, std::string script) {
  model::ScriptStep step;
  step.source = source;
  step.script = std::move(script);
  step.args = fields.text("argString").value_or("");
  step.interpreter = fields.text("scriptInterpreter").value_or("");
  step.interpreter_args_quoted = fields.truth("interpreterArgsQuoted");
  step.file_extension = fields.text("fileExtension").value_or("");
  return model::Step{std::move(step), "", {}, std::nullopt, {}, {}};
}

// Clients quote a command that a shell gave them as one word: `rd adhoc -- 'sleep 1; uptime'` sends "sleep 1; uptime"
// with the marks. As the name of one program it would never run.
std::string without_quotes(std::string command) {
  const std::string_view trimmed = base::trim(command);
  const bool quoted =
      trimmed.size() > 2 && (trimmed.front() == '"' || trimmed.front() == '\'') && trimmed.back() == trimmed.front();
  if (!quoted) return command;
  std::vector<std::string> words = model::split_args(trimmed);
  const bool line = words.size() == 1 && words.front().find_first_of(" \t\n") != std::string::npos;
  return line ? std::move(words.front()) : command;
}

http::Response run_command(Call& call) {
  const auto fields = Fields::of(call);
  if (!fields) return error_answer(fields.error());
  const auto command = fields->text("exec");
  if (!command) return error_answer(service::missing_parameter("exec").value());
  return launch(call, *fields, model::Step{model::CommandStep{without_quotes(*command)}, "", {}, std::nullopt, {}, {}});
}

http::Response run_script(Call& call) {
  const auto fields = Fields::of(call);
  if (!fields) return error_answer(fields.error());
  std::optional<std::string> script = fields->text("script");
  if (!script) {
    if (const http::Part* part = call.request.part("scriptFile")) {
      script = part->content;
    } else {
      script = call.request.parameter("scriptFile");
    }
  }
  if (!script) return error_answer(service::missing_parameter("scriptFile").value());
  if (script->empty()) {
    return error_answer(
        Error{ErrorKind::invalid, "Input script file was empty", "api.error.run-script.upload.is-empty"});
  }
  return launch(call, *fields, script_step(*fields, model::ScriptStep::Source::text, std::move(*script)));
}

http::Response run_url(Call& call) {
  const auto fields = Fields::of(call);
  if (!fields) return error_answer(fields.error());
  auto url = fields->text("scriptURL");
  if (!url) url = fields->text("url");
  if (!url) return error_answer(service::missing_parameter("scriptURL").value());
  return launch(call, *fields, script_step(*fields, model::ScriptStep::Source::url, std::move(*url)));
}

}  // namespace

const std::vector<Route>& ad_hoc_routes() {
  static const std::vector<Route> kRoutes{
      {"GET", "project/{project}/run/command", 14, {"adhoc", "run"}, run_command},
      {"POST", "project/{project}/run/command", 14, {"adhoc", "run"}, run_command},
      {"POST", "project/{project}/run/script", 14, {"adhoc", "run"}, run_script, {.most_bytes = 32 * kMiB}},
      {"GET", "project/{project}/run/url", 14, {"adhoc", "run"}, run_url},
      {"POST", "project/{project}/run/url", 14, {"adhoc", "run"}, run_url},
  };
  return kRoutes;
}

}  // namespace qd::api
