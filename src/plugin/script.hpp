// Runs the script of a provider on this machine.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "base/cancel.hpp"
#include "base/event_loop.hpp"
#include "base/task.hpp"
#include "base/worker_pool.hpp"
#include "model/data_context.hpp"
#include "node/blocking_run.hpp"
#include "node/process.hpp"
#include "plugin/registry.hpp"
#include "plugin/settings.hpp"

namespace qd::plugin {

// What scripts get to know of the server.
struct ScriptHost {
  std::string base_folder;                         // ${rundeck.base}
  std::string var_folder;                          // ${plugin.vardir} is below it, one for each project and plugin
  std::string temp_folder;                         // ${plugin.tmpdir}
  std::map<std::string, std::string> environment;  // of every process, e.g. the mark of node/orphan_guard.hpp
};

// One use of a provider.
struct ScriptCall {
  InstalledPtr plugin;
  std::string project;
  model::DataContext context;  // filled up by context_of()
  Settings settings;
  Texts secure_options;              // each becomes RD_PRIVATE_NAME
  std::optional<std::string> input;  // its standard input
};

// `call.context` with the groups config, plugin and rundeck: what ${…} and RD_… of the script mean.
model::DataContext context_of(const ScriptHost& host, const ScriptCall& call);

// The provider's script-args, filled. Settings that have no value are nothing there.
std::vector<std::string> arguments_of(const Provider& provider, model::DataContext context);

// Interpreter, file and arguments, and the environment.
node::ProcessSpec process_of(const ScriptHost& host, const ScriptCall& call);

// What the provider's script text is, for those that run elsewhere. At most 64 MiB. Blocks.
Result<std::string> script_text(const Installed& plugin);

using ScriptEnd = node::CollectedRun;
// In words: "exit code 3: last line of its complaints".
std::string describe_end(const ScriptEnd& end);

struct ScriptParts {
  Registry& registry;
  base::EventLoop& loop;
  base::WorkerPool& pool;
  ScriptHost host;
};

// Runs it to its end, and keeps what it prints. For worker threads: blocks, while the loop runs. `cancelled` (may be
// empty) is asked a few times a second.
ScriptEnd run_blocking(const ScriptParts& parts, const ScriptCall& call, Millis limit, std::size_t most_output,
                       const std::function<bool()>& cancelled = {});

// Makes the folder that ${plugin.vardir} names. Blocks.
void prepare(const ScriptHost& host, const ScriptCall& call);

}  // namespace qd::plugin
