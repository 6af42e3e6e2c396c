// The step localexec: a command on the server, once for each node.
#include "engine/plugin_step.hpp"
#include "model/arg_string.hpp"
#include "model/expand.hpp"
#include "node/process.hpp"

namespace qd::engine {

base::Task<node::NodeResult> run_local_command(const NodeTask& task, const JsonObject& written) {
  node::ProcessSpec spec;
  for (const auto& word : model::split_args(text_or(written, "command"))) {
    spec.argv.push_back(model::expand_text(word, task.context));
  }
  if (spec.argv.empty()) co_return node::NodeResult::failure(node::reason::configuration, "Command is not set");
  spec.environment = node::merged_environment(task.context.environment());
  StepOutput output(task.log);
  const auto& parts = task.scope.parts;
  auto running = node::run_process(parts.loop, parts.pool, spec, output, task.frame.cancel);
  const auto result = co_await std::move(running);
  output.finish();
  if (result.cancelled) co_return node::result_of_cancel(task.frame.cancel);
  using End = node::ProcessResult::End;
  if (result.end == End::not_started) co_return node::NodeResult::failure(node::reason::io, result.error);
  if (result.end == End::signalled) co_return node::result_of_exit(128 + result.signal);
  co_return node::result_of_exit(result.exit_code);
}

}  // namespace qd::engine
