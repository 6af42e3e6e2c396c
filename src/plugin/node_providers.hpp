// Node executors and file copiers by script plugins.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "node/by_file_copier.hpp"
#include "node/executor.hpp"
#include "node/local_executor.hpp"
#include "plugin/script.hpp"

namespace qd::plugin {

// Runs `${exec.command}` by the plugin's script. Scripts go by way of a file copier: see node::run_copied_script().
class PluginExecutor final : public node::NodeExecutor {
 public:
  PluginExecutor(const ScriptParts& parts, std::string name) : parts_(parts), name_(std::move(name)) {}
  base::Task<node::NodeResult> execute(const node::ExecContext& ctx, const model::Node& node,
                                       std::string command) override;
  base::Task<node::NodeResult> execute_script(const node::ExecContext& ctx, const model::Node& node,
                                              node::ScriptRun script) override;

 private:
  const ScriptParts& parts_;
  const std::string name_;
};

// Copies `${file-copy.file}` to `${file-copy.destination}` by the plugin's script, whose first line of output says
// where the copy is.
class PluginCopier final : public node::ByFileCopier {
 public:
  PluginCopier(const ScriptParts& parts, std::string name, node::LocalConfig local)
      : ByFileCopier(parts.loop, parts.pool, std::move(local)), parts_(parts), name_(std::move(name)) {}

 private:
  base::Task<Result<std::string>> copy(const node::ExecContext& ctx, const model::Node& node, std::string file,
                                       std::string destination) override;
  const ScriptParts& parts_;
  const std::string name_;
};

// Those of the plugins that are installed, by name. What was given once is there for good: it looks for its plugin at
// every use. For the loop's thread.
class NodeProviders {
 public:
  NodeProviders(const ScriptParts& parts, node::LocalConfig local) : parts_(parts), local_(std::move(local)) {}

  node::NodeExecutor* executor(const std::string& name);  // null: no plugin has it
  node::FileCopier* copier(const std::string& name);

 private:
  const ScriptParts& parts_;
  const node::LocalConfig local_;
  std::map<std::string, std::unique_ptr<PluginExecutor>> executors_;
  std::map<std::string, std::unique_ptr<PluginCopier>> copiers_;
};

}  // namespace qd::plugin
