#include "node/node_services.hpp"

#include "base/text.hpp"
#include "node/node_settings.hpp"
#include "node/script_run.hpp"

namespace qd::node {
namespace {

template <class Map>
Error no_provider(const model::Node& node, const std::string& kind, const std::string& name, const Map& known) {
  std::vector<std::string> names;
  for (const auto& [each, provider] : known) names.push_back(each);
  return {ErrorKind::invalid,
          "Node " + node.name + ": there is no " + kind + " '" + name +
              "' on this server. There are: " + base::join(names, ", ") + ".",
          reason::configuration};
}

}  // namespace

NodeServices::NodeServices(base::EventLoop& loop, base::WorkerPool& pool, std::string server_node)
    : loop_(loop), pool_(pool), server_node_(std::move(server_node)) {}

void NodeServices::add_executor(const std::string& name, NodeExecutor& executor, Scripts scripts,
                                FileCopier* own_copier) {
  executors_[name] = {&executor, own_copier, scripts == Scripts::by_copier};
}

void NodeServices::add_copier(const std::string& name, FileCopier& copier) {
  copiers_[name] = &copier;
}

void NodeServices::set_finders(FindExecutor executors, FindCopier copiers) {
  find_executor_ = std::move(executors);
  find_copier_ = std::move(copiers);
}

std::string NodeServices::provider_name(const ExecContext& ctx, const model::Node& node, const std::string& attribute,
                                        const std::string& service, const std::string& remote_default) const {
  const bool local = node.name == server_node_;
  const auto* own = node.find_attribute(local ? "local-" + attribute : attribute);
  if (own != nullptr && !base::trim(*own).empty()) return std::string(base::trim(*own));
  const NodeSettings settings(ctx, node);
  const auto* chosen =
      settings.property("service." + service + (local ? ".default.local.provider" : ".default.provider"));
  if (chosen != nullptr && !base::trim(*chosen).empty()) return std::string(base::trim(*chosen));
  return local ? "local" : remote_default;
}

Result<NodeServices::Chosen> NodeServices::executor_of(const ExecContext& ctx, const model::Node& node) const {
  const auto name = provider_name(ctx, node, "node-executor", "NodeExecutor", "sshj-ssh");
  if (const auto found = executors_.find(name); found != executors_.end()) return found->second;
  auto* other = find_executor_ ? find_executor_(ctx.project, name) : nullptr;
  if (other != nullptr) return Chosen{other, nullptr, true};
  return fail(no_provider(node, "node executor", name, executors_));
}

Result<FileCopier*> NodeServices::copier_of(const ExecContext& ctx, const model::Node& node) const {
  const auto name = provider_name(ctx, node, "file-copier", "FileCopier", "sshj-scp");
  if (const auto found = copiers_.find(name); found != copiers_.end()) return found->second;
  auto* other = find_copier_ ? find_copier_(ctx.project, name) : nullptr;
  if (other != nullptr) return other;
  return fail(no_provider(node, "file copier", name, copiers_));
}

base::Task<NodeResult> NodeServices::execute(const ExecContext& ctx, const model::Node& node, std::string command) {
  const auto chosen = executor_of(ctx, node);
  if (!chosen) co_return result_of_error(chosen.error());
  auto running = chosen->executor->execute(ctx, node, std::move(command));
  co_return co_await std::move(running);
}

base::Task<NodeResult> NodeServices::execute_script(const ExecContext& ctx, const model::Node& node, ScriptRun script) {
  const auto chosen = executor_of(ctx, node);
  if (!chosen) co_return result_of_error(chosen.error());
  base::Task<NodeResult> running;
  if (!chosen->needs_copier) {
    running = chosen->executor->execute_script(ctx, node, std::move(script));
    co_return co_await std::move(running);
  }
  const auto copier = copier_of(ctx, node);
  if (!copier) co_return result_of_error(copier.error());
  if (*copier == chosen->own_copier) {
    running = chosen->executor->execute_script(ctx, node, std::move(script));
  } else {
    running = run_copied_script(loop_, pool_, *chosen->executor, **copier, ctx, node, std::move(script));
  }
  co_return co_await std::move(running);
}

base::Task<Result<std::string>> NodeServices::copy_content(const ExecContext& ctx, const model::Node& node,
                                                           std::string content, std::string destination,
                                                           std::string extension) {
  const auto copier = copier_of(ctx, node);
  if (!copier) co_return fail(copier.error());
  auto copying = (*copier)->copy_content(ctx, node, std::move(content), std::move(destination), std::move(extension));
  co_return co_await std::move(copying);
}

base::Task<Result<>> NodeServices::remove(const ExecContext& ctx, const model::Node& node, std::string path) {
  const auto copier = copier_of(ctx, node);
  if (!copier) co_return fail(copier.error());
  auto removing = (*copier)->remove(ctx, node, std::move(path));
  co_return co_await std::move(removing);
}

base::Task<Result<>> NodeServices::copy_file(const ExecContext& ctx, const model::Node& node, std::string source,
                                             std::string destination) {
  const auto copier = copier_of(ctx, node);
  if (!copier) co_return fail(copier.error());
  auto copying = (*copier)->copy_file(ctx, node, std::move(source), std::move(destination));
  co_return co_await std::move(copying);
}

base::Task<Result<>> NodeServices::make_folder(const ExecContext& ctx, const model::Node& node, std::string path) {
  const auto copier = copier_of(ctx, node);
  if (!copier) co_return fail(copier.error());
  auto making = (*copier)->make_folder(ctx, node, std::move(path));
  co_return co_await std::move(making);
}

}  // namespace qd::node
