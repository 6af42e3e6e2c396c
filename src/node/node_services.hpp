// Which executor and which file copier a node has: by its attributes, then by its project.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "base/event_loop.hpp"
#include "base/worker_pool.hpp"
#include "node/executor.hpp"

namespace qd::node {

// Chooses by name, and passes on. A remote node's executor is named by its attribute `node-executor`, else by the
// project's `service.NodeExecutor.default.provider`, else it is `sshj-ssh`; its copier by `file-copier`,
// `service.FileCopier.default.provider`, `sshj-scp`. For the server node it is `local-node-executor`,
// `service.NodeExecutor.default.local.provider` and `local`, likewise for copiers. Used on the loop's thread.
class NodeServices final : public NodeExecutor, public FileCopier {
 public:
  NodeServices(base::EventLoop& loop, base::WorkerPool& pool, std::string server_node);

  enum class Scripts { by_executor, by_copier };  // who brings scripts to the node
  // Providers outlive this. When the node's copier is `own_copier`, its executor runs scripts by itself in any case.
  void add_executor(const std::string& name, NodeExecutor& executor, Scripts scripts, FileCopier* own_copier = nullptr);
  void add_copier(const std::string& name, FileCopier& copier);

  // For providers that come and go, e.g. of plugins: asked for names that are not known here; null: not known either.
  using FindExecutor = std::function<NodeExecutor*(const std::string& project, const std::string& name)>;
  using FindCopier = std::function<FileCopier*(const std::string& project, const std::string& name)>;
  void set_finders(FindExecutor executors, FindCopier copiers);

  base::Task<NodeResult> execute(const ExecContext& ctx, const model::Node& node, std::string command) override;
  base::Task<NodeResult> execute_script(const ExecContext& ctx, const model::Node& node, ScriptRun script) override;

  base::Task<Result<std::string>> copy_content(const ExecContext& ctx, const model::Node& node, std::string content,
                                               std::string destination, std::string extension) override;
  base::Task<Result<>> remove(const ExecContext& ctx, const model::Node& node, std::string path) override;
  base::Task<Result<>> copy_file(const ExecContext& ctx, const model::Node& node, std::string source,
                                 std::string destination) override;
  base::Task<Result<>> make_folder(const ExecContext& ctx, const model::Node& node, std::string path) override;

 private:
  struct Chosen {
    NodeExecutor* executor = nullptr;
    FileCopier* own_copier = nullptr;
    bool needs_copier = true;
  };
  std::string provider_name(const ExecContext& ctx, const model::Node& node, const std::string& attribute,
                            const std::string& service, const std::string& remote_default) const;
  Result<Chosen> executor_of(const ExecContext& ctx, const model::Node& node) const;
  Result<FileCopier*> copier_of(const ExecContext& ctx, const model::Node& node) const;

  base::EventLoop& loop_;
  base::WorkerPool& pool_;
  std::string server_node_;
  std::map<std::string, Chosen> executors_;
  std::map<std::string, FileCopier*> copiers_;
  FindExecutor find_executor_;
  FindCopier find_copier_;
};

}  // namespace qd::node
