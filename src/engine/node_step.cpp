#include "engine/node_step.hpp"

#include "engine/script_source.hpp"
#include "model/arg_string.hpp"
#include "model/expand.hpp"

namespace qd::engine {

namespace {

using node::NodeResult;

node::ExecContext exec_context(const RunScope& scope, const Frame& frame, const model::DataContext& context,
                               StepOutput& output) {
  return {output,        frame.cancel, context.environment(), {}, frame.project, std::to_string(scope.execution.id),
          scope.settings};
}

// The words of the interpreter with references filled; each stays one word.
std::string fill_interpreter(const std::string& written, const model::DataContext& context) {
  if (written.find("${") == std::string::npos) return written;
  std::string filled;
  for (const auto& word : model::split_args(written)) {
    auto text = word;
    if (word.find("${scriptfile}") == std::string::npos) text = model::expand_text(word, context);
    const bool quote = text.empty() || text.find_first_of(" \t\n\"'") != std::string::npos;
    const char mark = text.find('"') == std::string::npos ? '"' : '\'';
    filled += (filled.empty() ? "" : " ") + (quote ? mark + text + mark : text);
  }
  return filled;
}

}  // namespace

base::Task<NodeResult> run_command(RunScope& scope, const Frame& frame, const model::CommandStep& step,
                                   const model::Node& node, const model::DataContext& context, const LogPlace& place) {
  auto command = model::expand_command(step.command, context);
  if (!command) co_return NodeResult::failure(node::reason::configuration, command.error().message);
  StepOutput output(scope.log, place);
  const auto exec = exec_context(scope, frame, context, output);
  auto running = scope.parts.executor.execute(exec, node, std::move(*command));
  auto result = co_await std::move(running);
  output.finish();
  co_return result;
}

base::Task<NodeResult> run_script(RunScope& scope, const Frame& frame, const model::ScriptStep& step,
                                  const model::Node& node, const model::DataContext& context, const LogPlace& place) {
  Result<std::string> text;
  if (step.source == model::ScriptStep::Source::text) {
    text = load_script(step, context);
  } else {
    auto loading = base::run_on(scope.parts.pool, scope.parts.loop, [&] { return load_script(step, context); });
    text = co_await loading;
  }
  if (!text) co_return NodeResult::failure(node::reason::io, text.error().message);
  node::ScriptRun script;
  script.text = std::move(*text);
  script.args = model::expand_arguments(step.args, context);
  script.interpreter = fill_interpreter(step.interpreter, context);
  script.interpreter_args_quoted = step.interpreter_args_quoted;
  script.file_extension = step.file_extension;
  StepOutput output(scope.log, place);
  const auto exec = exec_context(scope, frame, context, output);
  auto running = scope.parts.executor.execute_script(exec, node, std::move(script));
  auto result = co_await std::move(running);
  output.finish();
  co_return result;
}

}  // namespace qd::engine
