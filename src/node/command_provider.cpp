#include "node/command_provider.hpp"

#include "base/text.hpp"
#include "model/arg_string.hpp"
#include "model/expand.hpp"
#include "node/node_settings.hpp"
#include "node/process.hpp"

namespace qd::node {
namespace {

// What the settings of script-exec or script-copy say for a node.
struct CommandSetup {
  std::string command, folder, shell;
  model::DataContext context;  // with the groups of the node and of the provider
};

std::string setting_of(const NodeSettings& settings, const model::Node& node, const std::string& attribute,
                       const std::string& property) {
  if (const auto* own = node.find_attribute(attribute)) return *own;
  const auto* value = settings.property(property);
  return value == nullptr ? std::string() : *value;
}

Result<CommandSetup> setup_of(const ExecContext& ctx, const model::Node& node, const std::string& provider) {
  const NodeSettings settings(ctx, node);
  const std::string properties = "plugin." + provider + ".default.";
  CommandSetup setup;
  setup.command = setting_of(settings, node, provider, properties + "command");
  if (base::trim(setup.command).empty()) {
    return fail(ErrorKind::invalid,
                "Node " + node.name + ": there is no attribute " + provider + ", and no property " + properties +
                    "command in the project or the framework. Set one of them.",
                reason::configuration);
  }
  setup.folder = settings.filled(setting_of(settings, node, provider + "-dir", properties + "dir"));
  setup.shell = setting_of(settings, node, provider + "-shell", properties + "shell");
  if (ctx.data != nullptr) setup.context = *ctx.data;
  setup.context.set_group("node", model::node_group(node));
  return setup;
}

Result<ProcessSpec> process_of(const CommandSetup& setup, const ExecContext& ctx, const LocalConfig& config) {
  ProcessSpec spec;
  if (base::trim(setup.shell).empty()) {
    for (const auto& word : model::split_args(setup.command))
      spec.argv.push_back(model::expand_text(word, setup.context));
  } else {
    spec.argv = model::split_args(setup.shell);
    auto command = model::expand_command(setup.command, setup.context);
    if (!command) return fail(ErrorKind::invalid, command.error().message, reason::configuration);
    spec.argv.push_back(std::move(*command));
  }
  auto environment = config.environment;
  for (const auto& [name, value] : ctx.environment) environment.insert_or_assign(name, value);
  spec.environment = merged_environment(environment);
  spec.working_directory = setup.folder;
  spec.grace = config.grace;
  spec.drain = config.drain;
  return spec;
}

NodeResult result_of_command(const ProcessResult& process, const base::CancelToken& cancel) {
  if (process.cancelled) return result_of_cancel(cancel);
  if (process.end == ProcessResult::End::not_started) return NodeResult::failure(reason::io, process.error);
  return result_of_exit(process.end == ProcessResult::End::exited ? process.exit_code : 128 + process.signal);
}

std::string base_name(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

// Where the copy goes, as far as it is known before; "": the command will tell.
std::string copy_destination(const NodeSettings& settings, const model::Node& node, const CommandSetup& setup,
                             const std::string& given, const std::string& file_name) {
  std::string path = given;
  if (path.empty()) {
    path = setting_of(settings, node, "script-copy-remote-filepath", "plugin.script-copy.default.remote-filepath");
    if (path.empty()) return {};
    const bool names_it =
        path.find("${file-copy.filename}") != std::string::npos || path.find("${file-copy.file}") != std::string::npos;
    if (!names_it && !path.ends_with('/')) path += '/';
    path = model::expand_text(path, setup.context);
  }
  return path.ends_with('/') ? path + file_name : path;
}

// Keeps standard output, and passes on what the command complains about.
class CopyOutput final : public OutputSink {
 public:
  explicit CopyOutput(OutputSink& outer) : outer_(outer) {}
  void write(Stream stream, std::string_view chunk) override {
    if (stream == Stream::err) return outer_.write(stream, chunk);
    kept.write(stream, chunk);
  }
  bool full() const override { return outer_.full(); }
  void when_ready(std::function<void()> ready) override { outer_.when_ready(std::move(ready)); }
  CollectOutput kept{64 * 1024};

 private:
  OutputSink& outer_;
};

}  // namespace

ScriptExec::ScriptExec(base::EventLoop& loop, base::WorkerPool& pool, LocalConfig config)
    : loop_(loop), pool_(pool), config_(std::move(config)) {}

base::Task<NodeResult> ScriptExec::execute(const ExecContext& ctx, const model::Node& node, std::string command) {
  auto setup = setup_of(ctx, node, "script-exec");
  if (!setup) co_return result_of_error(setup.error());
  setup->context.set_group("exec", {{"command", std::move(command)}, {"dir", setup->folder}});
  const auto spec = process_of(*setup, ctx, config_);
  if (!spec) co_return result_of_error(spec.error());
  auto running = run_process(loop_, pool_, *spec, ctx.output, ctx.cancel);
  const auto process = co_await std::move(running);
  co_return result_of_command(process, ctx.cancel);
}

base::Task<NodeResult> ScriptExec::execute_script(const ExecContext&, const model::Node& node, ScriptRun) {
  co_return NodeResult::failure(reason::configuration,
                                "Node " + node.name + ": script-exec runs scripts by way of a file copier.");
}

ScriptCopy::ScriptCopy(base::EventLoop& loop, base::WorkerPool& pool, LocalConfig config)
    : ByFileCopier(loop, pool, config), loop_(loop), pool_(pool), config_(std::move(config)) {}

base::Task<Result<std::string>> ScriptCopy::copy(const ExecContext& ctx, const model::Node& node, std::string file,
                                                 std::string destination) {
  auto setup = setup_of(ctx, node, "script-copy");
  if (!setup) co_return fail(setup.error());
  model::DataContext::Group group{{"file", file}, {"filename", base_name(file)}, {"dir", setup->folder}};
  group["destfilename"] = destination.empty() || destination.ends_with('/') ? base_name(file) : base_name(destination);
  setup->context.set_group("file-copy", group);
  const auto path = copy_destination(NodeSettings(ctx, node), node, *setup, destination, base_name(file));
  group["destination"] = path;
  setup->context.set_group("file-copy", group);
  const auto spec = process_of(*setup, ctx, config_);
  if (!spec) co_return fail(spec.error());
  CopyOutput output(ctx.output);
  auto running = run_process(loop_, pool_, *spec, output, ctx.cancel);
  const auto process = co_await std::move(running);
  const auto result = result_of_command(process, ctx.cancel);
  if (!result.success) {
    const bool ended = result.exit_code >= 0;
    co_return fail(
        ErrorKind::unavailable,
        "[script-copy]: " +
            (ended ? "external script failed with exit code: " + std::to_string(result.exit_code) : result.message),
        result.failure_reason);
  }
  if (!path.empty()) co_return path;
  const auto& text = output.kept.out;
  const std::string line(base::trim(std::string_view(text).substr(0, text.find('\n'))));
  if (!line.empty()) co_return line;
  co_return fail(
      ErrorKind::unavailable,
      "[script-copy]: No output from external script. Its first line is to be the path of the copy on node " +
          node.name + ", unless script-copy-remote-filepath says it.",
      reason::no_copy_output);
}

}  // namespace qd::node
