// Steps by script plugins: on the server, once or for each node, or by a script that goes to the node.
#include <algorithm>
#include <filesystem>

#include "base/text.hpp"
#include "engine/plugin_step.hpp"

namespace qd::engine {

namespace {

using node::NodeResult;

plugin::Texts texts_of(const JsonObject& settings) {
  plugin::Texts texts;
  for (const auto& [key, value] : settings) {
    if (auto text = scalar_text(value)) texts[std::string(key)] = std::move(*text);
  }
  return texts;
}

std::string missing_plugin(const LauncherParts& parts, const std::string& type, std::vector<std::string> services,
                           std::vector<std::string> built_in) {
  for (const auto& service : services) {
    if (parts.plugins == nullptr) break;
    for (auto& name : parts.plugins->registry.names(service)) built_in.push_back(std::move(name));
  }
  std::sort(built_in.begin(), built_in.end());
  return "There is no step plugin '" + type + "' on this server. There are: " + base::join(built_in, ", ") + ".";
}

const std::vector<std::string> kNodeSteps{"edu.ohio.ais.rundeck.HttpWorkflowNodeStepPlugin", "localexec",
                                          "stub-data-node-step"};
const std::vector<std::string> kWorkflowSteps{"edu.ohio.ais.rundeck.HttpWorkflowStepPlugin",
                                              "export-var",
                                              "flow-control",
                                              "job-state-conditional",
                                              "log-data-step",
                                              "source-refresh-plugin",
                                              "stub-data-step"};

// A provider, ready to be run for a step.
struct Prepared {
  plugin::ScriptCall call;
  std::string text;  // of the script that goes to the node
};

// Blocks: files, key storage. The plugin of the first of `services` that has one.
Result<Prepared> prepare(const RunScope& scope, const Frame& frame, const model::DataContext& context,
                         const std::string& type, const JsonObject& settings, const std::vector<std::string>& services,
                         const std::vector<std::string>& built_in) {
  const auto& parts = scope.parts;
  plugin::InstalledPtr found;
  for (const auto& service : services) {
    if (found == nullptr && parts.plugins != nullptr) found = parts.plugins->registry.find_now(service, type);
  }
  if (found == nullptr) return fail(ErrorKind::not_found, missing_plugin(parts, type, services, built_in));
  auto resolved = plugin::resolve_settings(
      found->provider, {texts_of(settings), &scope.settings, &frame.secure,
                        vault::reading_for(parts.read_secret, {scope.execution.user, scope.execution.roles})});
  if (!resolved) return fail(resolved.error());
  Prepared prepared;
  prepared.call.plugin = found;
  prepared.call.project = frame.project;
  prepared.call.context = context;
  prepared.call.settings = std::move(*resolved);
  if (found->provider.service == plugin::service::remote_script) {
    auto text = plugin::script_text(*found);
    if (!text) return fail(text.error());
    prepared.text = std::move(*text);
  } else {
    plugin::prepare(parts.plugins->host, prepared.call);
  }
  return prepared;
}

NodeResult result_of(const node::ProcessResult& result, const base::CancelToken& cancel) {
  using End = node::ProcessResult::End;
  if (result.cancelled) return node::result_of_cancel(cancel);
  if (result.end == End::not_started) return NodeResult::failure(node::reason::io, result.error);
  return node::result_of_exit(result.end == End::signalled ? 128 + result.signal : result.exit_code);
}

base::Task<NodeResult> run_here(const RunScope& scope, const base::CancelToken& cancel, StepLog& log,
                                const plugin::ScriptCall& call) {
  const auto& parts = scope.parts;
  const auto spec = plugin::process_of(parts.plugins->host, call);
  StepOutput output(log);
  auto running = node::run_process(parts.loop, parts.pool, spec, output, cancel);
  const auto process = co_await std::move(running);
  output.finish();
  co_return result_of(process, cancel);
}

base::Task<NodeResult> run_there(const NodeTask& task, const Prepared& prepared) {
  const auto& provider = prepared.call.plugin->provider;
  const auto context = plugin::context_of(task.scope.parts.plugins->host, prepared.call);
  node::ScriptRun script;
  script.text = prepared.text;
  script.args = plugin::arguments_of(provider, context);
  script.interpreter = provider.interpreter;
  script.interpreter_args_quoted = provider.args_quoted;
  script.file_extension = provider.extension;
  if (script.file_extension.empty() && provider.use_original_extension) {
    script.file_extension = std::filesystem::path(provider.file).extension().string();
  }
  StepOutput output(task.log);
  auto exec = exec_context(task, output);
  exec.environment = context.environment();
  auto running = task.scope.parts.executor.execute_script(exec, task.node, std::move(script));
  auto result = co_await std::move(running);
  output.finish();
  co_return result;
}

void hide(RunScope& scope, const plugin::Settings& settings) {
  for (const auto& secret : settings.secrets) scope.log.masker().add(secret);
}

}  // namespace

base::Task<NodeResult> run_script_plugin_for_node(const NodeTask& task, std::string type, JsonObject settings) {
  const auto& parts = task.scope.parts;
  const std::vector<std::string> services{plugin::service::node_step, plugin::service::remote_script};
  auto preparing = base::run_on(parts.pool, parts.loop, [&] {
    return prepare(task.scope, task.frame, task.context, type, settings, services, kNodeSteps);
  });
  const auto prepared = co_await preparing;
  if (!prepared) co_return NodeResult::failure(node::reason::configuration, prepared.error().message);
  hide(task.scope, prepared->call.settings);
  base::Task<NodeResult> running;
  if (prepared->call.plugin->provider.service == plugin::service::remote_script) {
    running = run_there(task, *prepared);
  } else {
    running = run_here(task.scope, task.frame.cancel, task.log, prepared->call);
  }
  co_return co_await std::move(running);
}

base::Task<StepOutcome> run_script_plugin(const WorkflowTask& task, std::string type, JsonObject settings) {
  const auto& parts = task.scope.parts;
  const std::vector<std::string> services{plugin::service::workflow_step};
  auto preparing = base::run_on(parts.pool, parts.loop, [&] {
    return prepare(task.scope, task.frame, task.context, type, settings, services, kWorkflowSteps);
  });
  const auto prepared = co_await preparing;
  if (!prepared) co_return StepOutcome::failure(node::reason::configuration, prepared.error().message);
  hide(task.scope, prepared->call.settings);
  auto running = run_here(task.scope, task.frame.cancel, task.log, prepared->call);
  const auto result = co_await std::move(running);
  StepOutcome outcome;
  outcome.end = {result.success, result.failure_reason, result.message};
  co_return outcome;
}

}  // namespace qd::engine
