#include "plugin/node_providers.hpp"

#include "base/text.hpp"

namespace qd::plugin {

namespace {

using node::NodeResult;

// Blocks: key storage, files.
Result<ScriptCall> prepared(const ScriptParts& parts, const char* service, const std::string& name,
                            const node::ExecContext& ctx, const model::Node& node) {
  const auto plugin = parts.registry.find_now(service, name);
  if (plugin == nullptr) {
    return fail(ErrorKind::invalid,
                "Node " + node.name + ": the " + service + " plugin '" + name + "' is not installed any more",
                node::reason::configuration);
  }
  auto settings = resolve_settings(
      plugin->provider, {node_instance(plugin->provider, node), ctx.settings, ctx.secure_options, ctx.read_secret});
  if (!settings) {
    return fail(settings.error().kind, "Node " + node.name + ": " + settings.error().message,
                node::reason::configuration);
  }
  ScriptCall call;
  call.plugin = plugin;
  call.project = ctx.project;
  if (ctx.data != nullptr) call.context = *ctx.data;
  call.context.set_group("node", model::node_group(node));
  call.settings = std::move(*settings);
  if (ctx.secure_options != nullptr) call.secure_options = *ctx.secure_options;
  prepare(parts.host, call);
  return call;
}

NodeResult result_of(const node::ProcessResult& result, const base::CancelToken& cancel) {
  using End = node::ProcessResult::End;
  if (result.cancelled) return node::result_of_cancel(cancel);
  if (result.end == End::not_started) return NodeResult::failure(node::reason::io, result.error);
  return node::result_of_exit(result.end == End::signalled ? 128 + result.signal : result.exit_code);
}

// Keeps standard output, and passes on what the script complains about.
class FirstLine final : public node::OutputSink {
 public:
  explicit FirstLine(node::OutputSink& outer) : outer_(outer) {}
  void write(node::Stream stream, std::string_view chunk) override {
    if (stream == node::Stream::err) return outer_.write(stream, chunk);
    kept_.write(stream, chunk);
  }
  bool full() const override { return outer_.full(); }
  void when_ready(std::function<void()> ready) override { outer_.when_ready(std::move(ready)); }
  std::string line() const {
    return std::string(base::trim(std::string_view(kept_.out).substr(0, kept_.out.find('\n'))));
  }

 private:
  node::OutputSink& outer_;
  node::CollectOutput kept_{64 * 1024};
};

std::string destination_of(const node::ExecContext& ctx, const model::Node& node, const std::string& given,
                           const std::string& file) {
  if (!given.empty()) return given;
  auto folder = node.attribute("file-copy-destination-dir");
  if (folder.empty() && ctx.settings != nullptr) {
    for (const char* key : {"project.file-copy-destination-dir", "framework.file-copy-destination-dir"}) {
      const auto found = ctx.settings->find(key);
      if (folder.empty() && found != ctx.settings->end()) folder = found->second;
    }
  }
  if (folder.empty()) folder = node::is_windows(node) ? "C:/WINDOWS/TEMP" : "/tmp";
  return (folder.ends_with('/') ? folder : folder + "/") + file.substr(file.rfind('/') + 1);
}

}  // namespace

base::Task<NodeResult> PluginExecutor::execute(const node::ExecContext& ctx, const model::Node& node,
                                               std::string command) {
  auto preparing = base::run_on(parts_.pool, parts_.loop,
                                [&] { return prepared(parts_, service::node_executor, name_, ctx, node); });
  auto call = co_await preparing;
  if (!call) co_return node::result_of_error(call.error());
  call->context.set_group("exec", {{"command", std::move(command)}});
  const auto spec = process_of(parts_.host, *call);
  auto running = node::run_process(parts_.loop, parts_.pool, spec, ctx.output, ctx.cancel);
  const auto process = co_await std::move(running);
  co_return result_of(process, ctx.cancel);
}

base::Task<NodeResult> PluginExecutor::execute_script(const node::ExecContext&, const model::Node& node,
                                                      node::ScriptRun) {
  co_return NodeResult::failure(node::reason::configuration,
                                "Node " + node.name + ": " + name_ + " runs scripts by way of a file copier.");
}

base::Task<Result<std::string>> PluginCopier::copy(const node::ExecContext& ctx, const model::Node& node,
                                                   std::string file, std::string destination) {
  auto preparing =
      base::run_on(parts_.pool, parts_.loop, [&] { return prepared(parts_, service::file_copier, name_, ctx, node); });
  auto call = co_await preparing;
  if (!call) co_return fail(call.error());
  call->context.set_group("file-copy", {{"file", file}, {"destination", destination_of(ctx, node, destination, file)}});
  const auto spec = process_of(parts_.host, *call);
  FirstLine output(ctx.output);
  auto running = node::run_process(parts_.loop, parts_.pool, spec, output, ctx.cancel);
  const auto process = co_await std::move(running);
  const auto result = result_of(process, ctx.cancel);
  const auto named = "[" + name_ + "]: ";
  if (!result.success) co_return fail(ErrorKind::unavailable, named + result.message, result.failure_reason);
  const auto path = output.line();
  if (!path.empty()) co_return path;
  co_return fail(
      ErrorKind::unavailable,
      named + "its script printed nothing. Its first line is to be the path of the copy on node " + node.name,
      node::reason::no_copy_output);
}

node::NodeExecutor* NodeProviders::executor(const std::string& name) {
  if (parts_.registry.find(service::node_executor, name) == nullptr) return nullptr;
  auto& place = executors_[name];
  if (!place) place = std::make_unique<PluginExecutor>(parts_, name);
  return place.get();
}

node::FileCopier* NodeProviders::copier(const std::string& name) {
  if (parts_.registry.find(service::file_copier, name) == nullptr) return nullptr;
  auto& place = copiers_[name];
  if (!place) place = std::make_unique<PluginCopier>(parts_, name, local_);
  return place.get();
}

}  // namespace qd::plugin
