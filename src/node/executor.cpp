#include "node/executor.hpp"

#include "base/id.hpp"
#include "base/text.hpp"
#include "model/arg_string.hpp"

namespace qd::node {
namespace {

constexpr std::string_view script_file_mark = "${scriptfile}";

// The interpreter is the job author's shell text; only words that his quotes held together need quotes again.
std::string interpreter_word(const std::string& word) {
  return word.find_first_of(" \t\n'\"") == std::string::npos && !word.empty() ? word : base::shell_quote(word);
}

}  // namespace

std::string script_command(const ScriptRun& script, const std::string& path) {
  std::vector<std::string> command;
  bool path_seen = false;
  for (const auto& word : model::split_args(script.interpreter)) {
    if (word.find(script_file_mark) == std::string::npos) {
      command.push_back(interpreter_word(word));
      continue;
    }
    path_seen = true;
    command.push_back(base::shell_quote(base::replace_all(word, script_file_mark, path)));
  }
  std::vector<std::string> rest;
  if (!path_seen) rest.push_back(base::shell_quote(path));
  for (const auto& arg : script.args) rest.push_back(base::shell_quote(arg));
  std::string words = base::join(rest, " ");
  if (!command.empty() && script.interpreter_args_quoted && !rest.empty()) words = base::shell_quote(words);
  if (!words.empty()) command.push_back(std::move(words));
  return base::join(command, " ");
}

base::Task<Result<>> FileCopier::copy_file(const ExecContext&, const model::Node& node, std::string source,
                                           std::string) {
  co_return fail(ErrorKind::invalid,
                 "The file " + source + " cannot be copied: the file copier of node " + node.name +
                     " only copies scripts. Choose another by the node's attribute file-copier.",
                 reason::configuration);
}

base::Task<Result<>> FileCopier::make_folder(const ExecContext&, const model::Node&, std::string) {
  co_return Result<>();
}

NodeResult result_of_error(const Error& error) {
  return NodeResult::failure(error.code.empty() ? reason::io : error.code, error.message);
}

bool is_windows(const model::Node& node) {
  return base::iequals(base::trim(node.attribute("osFamily")), "windows");
}

std::string script_file_name(const ExecContext& ctx, const model::Node& node, const std::string& extension) {
  std::string ending(base::trim(extension));
  if (ending.empty()) ending = is_windows(node) ? "bat" : "sh";
  std::string name = ctx.execution_id.empty() ? "" : ctx.execution_id + "-";
  name += base::random_token(12) + "-" + node.name.substr(0, 64) + "-dispatch-script";
  name += (ending.starts_with('.') ? "" : ".") + ending;
  for (char& letter : name) {
    const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                       (letter >= '0' && letter <= '9') || letter == '.' || letter == '_' || letter == '-';
    if (!plain) letter = '_';
  }
  return name;
}

NodeResult result_of_exit(int exit_code) {
  if (exit_code == 0) return NodeResult::ok();
  return NodeResult::failure(reason::non_zero, "Result code was " + std::to_string(exit_code), exit_code);
}

NodeResult result_of_cancel(const base::CancelToken& cancel) {
  const auto why = cancel.reason();
  return NodeResult::failure(reason::interrupted, why.empty() ? "Interrupted" : "Interrupted: " + why);
}

}  // namespace qd::node
