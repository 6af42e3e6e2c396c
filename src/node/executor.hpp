// Running commands and scripts on nodes: the interface for local, SSH and script-plugin executors.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/task.hpp"
#include "model/data_context.hpp"
#include "model/node.hpp"
#include "node/output.hpp"

namespace qd::node {

// Reasons for failure, as the API shows them.
namespace reason {
inline constexpr const char* non_zero = "NonZeroResultCode";
inline constexpr const char* interrupted = "Interrupted";
inline constexpr const char* io = "IOFailure";
inline constexpr const char* connection = "ConnectionFailure";
inline constexpr const char* timeout = "ConnectionTimeout";
inline constexpr const char* authentication = "AuthenticationFailure";
inline constexpr const char* host_not_found = "HostNotFound";
inline constexpr const char* configuration = "ConfigurationFailure";
inline constexpr const char* ssh_protocol = "SSHProtocolFailure";
inline constexpr const char* unknown = "Unknown";
inline constexpr const char* no_copy_output = "ScriptFileCopierPluginExpectedOutputMissing";
}  // namespace reason

struct NodeResult {
  bool success = false;
  int exit_code = -1;          // -1: it did not come to an exit code
  std::string failure_reason;  // "" on success, else one of `reason`
  std::string message;         // for people: "Result code was 3"

  static NodeResult ok() { return {true, 0, {}, {}}; }
  static NodeResult failure(std::string reason, std::string message, int exit_code = -1) {
    return {false, exit_code, std::move(reason), std::move(message)};
  }
};

// What surrounds one command. `output` must live until the task has returned.
struct ExecContext {
  OutputSink& output;
  base::CancelToken cancel;
  std::map<std::string, std::string> environment;  // RD_…: added to the server's own for local commands
  std::string working_directory;                   // local commands only; "" is the server's
  std::string project;
  std::string execution_id;  // names temporary files
  // What configures executors, beside the node's attributes. Null, or alive until the task has returned.
  const std::map<std::string, std::string>* settings = nullptr;        // framework and project properties
  const model::DataContext* data = nullptr;                            // fills references in attributes and properties
  const std::map<std::string, std::string>* secure_options = nullptr;  // of the job, that only authentication may see
  std::function<Result<std::string>(const std::string& path)> read_secret =
      {};                      // from Key Storage; blocks; empty: none
  bool hides_command = false;  // it holds a secret: keep it out of this machine's list of processes
};

struct ScriptRun {
  std::string text;               // complete, already expanded; CRLF becomes LF for nodes that are not Windows
  std::string path;               // instead of `text`: a file that exists on the server and is run as it is
  std::vector<std::string> args;  // already split and expanded; each arrives as one word
  std::string interpreter;        // "sudo -u x /bin/bash": split at blanks outside quotes; "" runs the file itself
  bool interpreter_args_quoted =
      false;                   // the interpreter gets file and arguments as one word: interpreter 'file args…'
  std::string file_extension;  // of the temporary file, with or without the dot
};

// Thread-affine: used on one loop's thread. An executor outlives the tasks that it returned.
// Cancelling ctx.cancel ends the command; the result is then a failure with reason Interrupted.
class NodeExecutor {
 public:
  virtual ~NodeExecutor() = default;

  // Runs `command` by the node's shell.
  virtual base::Task<NodeResult> execute(const ExecContext& ctx, const model::Node& node, std::string command) = 0;

  // Copies the script to the node, runs it, removes it.
  virtual base::Task<NodeResult> execute_script(const ExecContext& ctx, const model::Node& node, ScriptRun script) = 0;
};

class FileCopier {
 public:
  virtual ~FileCopier() = default;

  // Puts `content` on the node, executable for its owner only, and returns its path there. An empty `destination` is a
  // new file in the node's temporary folder, whose name ends in `extension`.
  virtual base::Task<Result<std::string>> copy_content(const ExecContext& ctx, const model::Node& node,
                                                       std::string content, std::string destination,
                                                       std::string extension) = 0;
  virtual base::Task<Result<>> remove(const ExecContext& ctx, const model::Node& node, std::string path) = 0;

  // Puts the server's file `source` at `destination` on the node. Copiers that do not say otherwise cannot.
  virtual base::Task<Result<>> copy_file(const ExecContext& ctx, const model::Node& node, std::string source,
                                         std::string destination);
  // Makes the folder, and those above it, where they are missing. Copiers that do not say otherwise do nothing.
  virtual base::Task<Result<>> make_folder(const ExecContext& ctx, const model::Node& node, std::string path);

  // False: a copy is not executable yet, and remove() does nothing; the node's executor does both by commands.
  virtual bool self_sufficient() const { return true; }
};

// The failure that an error of a copier is: its code, when it has one, is the reason.
NodeResult result_of_error(const Error& error);

// The shell command that runs a script which lies at `path` on the node: interpreter, path and arguments by the rules
// of ScriptRun. An interpreter word that holds "${scriptfile}" takes the path there, and it is not added again.
std::string script_command(const ScriptRun& script, const std::string& path);

// What a copied script is called on the node, without its folder: "12-TOKEN-web1-dispatch-script.sh", made of letters,
// digits, '.', '_' and '-'. The extension may be "", with or without a dot: "sh", and "bat" on Windows, are the
// default.
std::string script_file_name(const ExecContext& ctx, const model::Node& node, const std::string& extension);
bool is_windows(const model::Node& node);

// The result of a command that ended with `exit_code`.
NodeResult result_of_exit(int exit_code);
// The result of a command that its CancelToken ended.
NodeResult result_of_cancel(const base::CancelToken& cancel);

}  // namespace qd::node
