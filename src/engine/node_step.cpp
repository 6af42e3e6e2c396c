#include "engine/node_step.hpp"

#include "engine/script_source.hpp"
#include "model/arg_string.hpp"
#include "model/expand.hpp"

namespace qd::engine {

namespace {

using node::NodeResult;

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

node::ExecContext exec_context(const NodeTask& task, StepOutput& output) {
  return {output,
          task.frame.cancel,
          task.context.environment(),
          {},
          task.frame.project,
          std::to_string(task.scope.execution.id),
          &task.scope.settings,
          &task.context,
          &task.frame.secure,
          task.scope.secrets->reader(task.scope.parts, task.scope.execution, task.scope.log)};
}

base::Task<NodeResult> run_command(const NodeTask& task, const model::CommandStep& step) {
  auto command = model::expand_command(step.command, task.context);
  if (!command) co_return NodeResult::failure(node::reason::configuration, command.error().message);
  StepOutput output(task.log);
  auto exec = exec_context(task, output);
  exec.hides_command = task.scope.log.masker().apply(*command) != *command;
  auto running = task.scope.parts.executor.execute(exec, task.node, std::move(*command));
  auto result = co_await std::move(running);
  output.finish();
  co_return result;
}

base::Task<NodeResult> run_script(const NodeTask& task, const model::ScriptStep& step) {
  const auto& parts = task.scope.parts;
  Result<std::string> text;
  if (step.source == model::ScriptStep::Source::text) {
    text = load_script(step, task.context);
  } else {
    auto loading = base::run_on(parts.pool, parts.loop, [&] { return load_script(step, task.context); });
    text = co_await loading;
  }
  if (!text) co_return NodeResult::failure(node::reason::io, text.error().message);
  node::ScriptRun script;
  script.text = std::move(*text);
  script.args = model::expand_arguments(step.args, task.context);
  script.interpreter = fill_interpreter(step.interpreter, task.context);
  script.interpreter_args_quoted = step.interpreter_args_quoted;
  script.file_extension = step.file_extension;
  StepOutput output(task.log);
  const auto exec = exec_context(task, output);
  auto running = parts.executor.execute_script(exec, task.node, std::move(script));
  auto result = co_await std::move(running);
  output.finish();
  co_return result;
}

}  // namespace qd::engine
