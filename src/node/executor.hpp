// Running commands and scripts on nodes: the interface for local, SSH and script-plugin executors.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/task.hpp"
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
  std::string execution_id;                     // names temporary files
  std::map<std::string, std::string> settings;  // framework and project properties that configure executors
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
};

// The shell command that runs a script which lies at `path` on the node: interpreter, path and arguments by the rules
// of ScriptRun. An interpreter word that holds "${scriptfile}" takes the path there, and it is not added again.
std::string script_command(const ScriptRun& script, const std::string& path);

// The result of a command that ended with `exit_code`.
NodeResult result_of_exit(int exit_code);
// The result of a command that its CancelToken ended.
NodeResult result_of_cancel(const base::CancelToken& cancel);

}  // namespace qd::node
