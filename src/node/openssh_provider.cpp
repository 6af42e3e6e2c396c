#include "node/openssh_provider.hpp"

#include <algorithm>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/id.hpp"
#include "base/text.hpp"
#include "model/arg_string.hpp"
#include "node/node_settings.hpp"
#include "node/process.hpp"
#include "node/script_run.hpp"
#include "node/spawn.hpp"
#include "node/ssh_copier.hpp"

namespace qd::node {
namespace {

// A program's command line, and the key file that it needs while it runs.
struct OpensshCall {
  std::vector<std::string> argv;
  std::map<std::string, std::string> environment;
  std::string key_file;
  bool dry_run = false;
  std::string target;  // user@host
};

Result<> write_secret_file(const std::string& path, const std::string& text) {
  const Fd file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR));
  if (file && write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size())) return {};
  return fail(ErrorKind::unavailable, "Cannot write " + path + ": " + std::strerror(errno), reason::io);
}

std::string check_word(HostKeyRule::Check check) {
  return check == HostKeyRule::Check::strict ? "yes" : check == HostKeyRule::Check::none ? "no" : "accept-new";
}

// The options that ssh and scp share. `port_flag`: ssh has -p, scp -P.
Result<OpensshCall> openssh_call(const OpensshParts& parts, const ExecContext& ctx, const model::Node& node,
                                 const std::string& program, const std::string& port_flag) {
  const auto plan = plan_ssh(ctx, node, {}, parts.defaults);
  if (!plan) return fail(plan.error());
  const NodeSettings settings(ctx, node);
  const auto& target = plan->target;
  const auto& login = target.login;
  OpensshCall call;
  call.dry_run = settings.truth("dry-run", false);
  const auto seconds = std::to_string(std::max<std::int64_t>(1, target.connect_timeout.count() / 1000));
  const std::string secret = login.way == SshLogin::Way::password ? login.password : login.passphrase;
  if (!secret.empty()) {
    call.argv = {"sshpass", "-e"};
    if (login.way == SshLogin::Way::key) call.argv = {"sshpass", "-P", "passphrase", "-e"};
    call.environment["SSHPASS"] = secret;
  }
  call.argv.insert(call.argv.end(),
                   {program, port_flag, std::to_string(target.node.port), "-o", "ConnectTimeout=" + seconds, "-o",
                    "StrictHostKeyChecking=" + check_word(target.host_keys.check), "-o",
                    "UserKnownHostsFile=" + target.host_keys.file});
  if (secret.empty()) call.argv.insert(call.argv.end(), {"-o", "BatchMode=yes"});
  for (const auto& [name, value] : target.config) {
    if (name == "stricthostkeychecking" || name == "userknownhostsfile") continue;
    call.argv.insert(call.argv.end(), {"-o", name + "=" + value});
  }
  if (login.way == SshLogin::Way::key) {
    call.key_file = parts.config.temp_directory + "/" + base::random_token(16) + ".ssh-keyfile";
    call.argv.insert(call.argv.end(), {"-i", call.key_file, "-o", "IdentitiesOnly=yes"});
    if (!call.dry_run) {
      if (auto written = write_secret_file(call.key_file, login.key); !written) return fail(written.error());
    }
  } else if (login.way == SshLogin::Way::agent) {
    call.environment["SSH_AUTH_SOCK"] = login.agent;
  }
  for (const auto& word : model::split_args(settings.text("ssh-options"))) call.argv.push_back(word);
  call.target = target.node.user + "@" + target.node.host;
  if (call.target.starts_with('-'))
    return fail(ErrorKind::invalid, "Node " + node.name + ": its username begins with '-'.", reason::configuration);
  return call;
}

std::string shown_line(const std::vector<std::string>& argv) {
  std::vector<std::string> words;
  for (const auto& word : argv) words.push_back(base::shell_quote(word));
  return "[dry-run] " + base::join(words, " ") + "\n";
}

base::Task<NodeResult> run_openssh(const OpensshParts& parts, const ExecContext& ctx, OpensshCall call) {
  if (call.dry_run) {
    ctx.output.write(Stream::out, shown_line(call.argv));
    co_return NodeResult::ok();
  }
  ProcessSpec spec;
  spec.argv = call.argv;
  auto environment = parts.config.environment;
  for (const auto& [name, value] : ctx.environment) environment.insert_or_assign(name, value);
  for (const auto& [name, value] : call.environment) environment.insert_or_assign(name, value);
  spec.environment = merged_environment(environment);
  spec.grace = parts.config.grace;
  spec.drain = parts.config.drain;
  auto running = run_process(parts.loop, parts.pool, spec, ctx.output, ctx.cancel);
  const auto process = co_await std::move(running);
  if (!call.key_file.empty()) {
    auto removing = base::run_on(parts.pool, parts.loop, [&] { return ::unlink(call.key_file.c_str()); });
    co_await removing;
  }
  if (process.cancelled) co_return result_of_cancel(ctx.cancel);
  if (process.end == ProcessResult::End::not_started) co_return NodeResult::failure(reason::io, process.error);
  const int code = process.end == ProcessResult::End::exited ? process.exit_code : 128 + process.signal;
  if (code == 255) {
    co_return NodeResult::failure(
        reason::connection,
        call.argv.front() + " could not reach " + call.target + "; its own words are in the log (exit code 255).",
        code);
  }
  co_return result_of_exit(code);
}

}  // namespace

base::Task<NodeResult> OpensshExecutor::execute(const ExecContext& ctx, const model::Node& node, std::string command) {
  auto preparing = base::run_on(parts_.pool, parts_.loop, [&] { return openssh_call(parts_, ctx, node, "ssh", "-p"); });
  auto call = co_await preparing;
  if (!call) co_return result_of_error(call.error());
  call->argv.insert(call->argv.end(), {"--", call->target, std::move(command)});
  auto running = run_openssh(parts_, ctx, std::move(*call));
  co_return co_await std::move(running);
}

base::Task<NodeResult> OpensshExecutor::execute_script(const ExecContext& ctx, const model::Node& node,
                                                       ScriptRun script) {
  auto running = run_copied_script(parts_.loop, parts_.pool, *this, copier_, ctx, node, std::move(script));
  co_return co_await std::move(running);
}

OpensshCopier::OpensshCopier(OpensshParts parts)
    : ByFileCopier(parts.loop, parts.pool, parts.config), parts_(std::move(parts)) {}

base::Task<Result<std::string>> OpensshCopier::copy(const ExecContext& ctx, const model::Node& node, std::string file,
                                                    std::string destination) {
  if (destination.empty()) destination = script_folder(ctx, node) + file.substr(file.rfind('/') + 1);
  auto preparing = base::run_on(parts_.pool, parts_.loop, [&] { return openssh_call(parts_, ctx, node, "scp", "-P"); });
  auto call = co_await preparing;
  if (!call) co_return fail(call.error());
  call->argv.insert(call->argv.end(), {"-q", "--", file, call->target + ":" + destination});
  auto running = run_openssh(parts_, ctx, std::move(*call));
  const auto result = co_await std::move(running);
  if (result.success) co_return destination;
  co_return fail(ErrorKind::unavailable, "scp to node " + node.name + ": " + result.message, result.failure_reason);
}

}  // namespace qd::node
