#include "node/ssh_plan.hpp"

#include <algorithm>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.hpp"
#include "model/arg_string.hpp"
#include "node/node_settings.hpp"
#include "node/spawn.hpp"

namespace qd::node {
namespace {

constexpr std::int64_t kLongestWait = 600'000;  // what an unlimited connection timeout comes to
constexpr std::size_t kLargestKey = 64 * 1024;
constexpr std::size_t kMostJumps = 4;

tl::unexpected<Error> misconfigured(const model::Node& node, const std::string& message) {
  return fail(ErrorKind::invalid, "Node " + node.name + ": " + message, reason::configuration);
}

Result<std::string> read_key_file(const model::Node& node, const std::string& path) {
  const Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info {};
  if (!file || fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode))
    return misconfigured(node, "the SSH key file '" + path + "' (ssh-keypath) cannot be read.");
  std::string text(kLargestKey + 1, '\0');
  const auto size = read(file.get(), text.data(), text.size());
  if (size < 0 || static_cast<std::size_t>(size) > kLargestKey)
    return misconfigured(node, "the SSH key file '" + path + "' (ssh-keypath) cannot be read, or is no key.");
  text.resize(static_cast<std::size_t>(size));
  return text;
}

Result<std::string> read_stored(const ExecContext& ctx, const model::Node& node, const std::string& path,
                                const std::string& setting) {
  if (!ctx.read_secret)
    return misconfigured(node, setting + " names '" + path + "', but there is no key storage here.");
  auto secret = ctx.read_secret(path);
  if (!secret)
    return misconfigured(
        node, "'" + path + "' (" + setting + ") cannot be read from the key storage: " + secret.error().message);
  return secret;
}

// The secret of `setting-storage-path`, else of the job's secure option that `setting-option` names.
Result<std::string> secret_of(const ExecContext& ctx, const model::Node& node, const NodeSettings& settings,
                              const std::string& setting, const std::string& default_option) {
  const auto path = settings.text(setting + "-storage-path");
  if (!path.empty()) {
    auto secret = read_stored(ctx, node, path, setting + "-storage-path");
    if (!secret) return secret;
    while (secret->ends_with('\n') || secret->ends_with('\r')) secret->pop_back();
    return secret;
  }
  return settings.secure_option(settings.text(setting + "-option", default_option));
}

Result<SshLogin> password_login(const ExecContext& ctx, const model::Node& node, const NodeSettings& settings) {
  SshLogin login;
  login.way = SshLogin::Way::password;
  auto password = secret_of(ctx, node, settings, "ssh-password", "option.sshPassword");
  if (!password) return fail(password.error());
  login.password = std::move(*password);
  if (login.password.empty())
    return misconfigured(node,
                         "ssh-authentication is password, but no password is set: name one by "
                         "ssh-password-storage-path, or give the job a secure option that ssh-password-option names "
                         "(sshPassword).");
  return login;
}

Result<SshLogin> key_login(const ExecContext& ctx, const model::Node& node, const NodeSettings& settings,
                           const SshDefaults& defaults) {
  SshLogin login;
  const auto stored = settings.text("ssh-key-storage-path");
  const auto* old = settings.property("framework.ssh.keypath");
  const auto file = settings.text("ssh-keypath", old == nullptr ? "" : settings.filled(*old));
  if (stored.empty() && file.empty()) {
    login.way = SshLogin::Way::agent;
    login.agent = settings.text("ssh-config-IdentityAgent", defaults.agent);
    if (!login.agent.empty()) return login;
    return misconfigured(node,
                         "there is no SSH key to log in with: set ssh-key-storage-path or ssh-keypath, or "
                         "ssh-authentication to password.");
  }
  auto text = stored.empty() ? read_key_file(node, file) : read_stored(ctx, node, stored, "ssh-key-storage-path");
  if (!text) return fail(text.error());
  login.key = std::move(*text);
  login.key_name = stored.empty() ? file : stored;
  auto passphrase = secret_of(ctx, node, settings, "ssh-key-passphrase", "option.sshKeyPassphrase");
  if (!passphrase) return fail(passphrase.error());
  login.passphrase = std::move(*passphrase);
  return login;
}

// The settings ssh-config-NAME of node, project and framework, the nearest first.
std::map<std::string, std::string> ssh_config(const ExecContext& ctx, const model::Node& node,
                                              const NodeSettings& settings) {
  std::map<std::string, std::string> config;
  const auto add = [&](const std::map<std::string, std::string>& values, const std::string& prefix) {
    for (auto entry = values.lower_bound(prefix); entry != values.end() && entry->first.starts_with(prefix); ++entry)
      config.emplace(base::lower(entry->first.substr(prefix.size())), settings.filled(entry->second));
  };
  add(node.attributes, "ssh-config-");
  if (ctx.settings != nullptr) {
    add(*ctx.settings, "project.ssh-config-");
    add(*ctx.settings, "framework.ssh-config-");
  }
  return config;
}

std::string config_of(const SshTarget& target, const std::string& name) {
  const auto found = target.config.find(name);
  return found == target.config.end() ? std::string() : std::string(base::trim(found->second));
}

Result<> set_host_keys(const model::Node& node, SshTarget& target, const SshDefaults& defaults) {
  const auto check = base::lower(config_of(target, "stricthostkeychecking"));
  if (check == "yes" || check == "ask") {
    target.host_keys.check = HostKeyRule::Check::strict;
  } else if (check == "no" || check == "off") {
    target.host_keys.check = HostKeyRule::Check::none;
  } else if (!check.empty() && check != "accept-new") {
    return misconfigured(node,
                         "ssh-config-StrictHostKeyChecking is '" + check + "': yes, accept-new and no are known.");
  }
  target.host_keys.learned = defaults.known_hosts;
  target.host_keys.file = config_of(target, "userknownhostsfile");
  if (target.host_keys.file.empty()) target.host_keys.file = defaults.known_hosts;
  return {};
}

Result<> set_jumps(const model::Node& node, SshTarget& target) {
  const auto jumps = config_of(target, "proxyjump");
  if (jumps.empty() || base::iequals(jumps, "none")) return {};
  for (const auto& text : base::split_trimmed(jumps, ',')) {
    auto hop = parse_hop(text, target.node.user);
    if (!hop) return misconfigured(node, "ssh-config-ProxyJump: " + hop.error().message);
    target.jumps.push_back(std::move(*hop));
  }
  if (target.jumps.size() > kMostJumps) return misconfigured(node, "ssh-config-ProxyJump names more than four hosts.");
  return {};
}

void set_times(const NodeSettings& settings, SshPlan& plan) {
  const auto first = [&](std::initializer_list<const char*> names) -> std::optional<std::int64_t> {
    for (const char* name : names) {
      if (const auto value = settings.number(name)) return value;
    }
    return std::nullopt;
  };
  auto& target = plan.target;
  if (const auto limit = first({"ssh-connection-timeout", "ssh-connect-timeout", "ssh.connect.timeout", "ssh.timeout"}))
    target.connect_timeout = Millis{*limit <= 0 ? kLongestWait : std::min(*limit, kLongestWait)};
  if (const auto limit = first({"ssh-command-timeout", "ssh.command.timeout"})) {
    plan.command_timeout = Millis{std::max<std::int64_t>(0, *limit)};
  }
  if (const auto interval = base::parse_int(config_of(target, "serveraliveinterval")))
    target.alive_interval = Millis{1000 * std::clamp<std::int64_t>(*interval, 0, 86'400)};
  if (const auto count = base::parse_int(config_of(target, "serveralivecountmax")))
    target.alive_count = static_cast<int>(std::clamp<std::int64_t>(*count, 1, 1'000));
}

Result<std::shared_ptr<const model::Regex>> pattern_of(const model::Node& node, const NodeSettings& settings,
                                                       const std::string& name, const std::string& fallback) {
  auto regex = model::Regex::compile(settings.text(name, fallback));
  if (!regex) return misconfigured(node, name + ": " + regex.error().message);
  return std::make_shared<const model::Regex>(std::move(*regex));
}

// The rules of one prompt; nullopt: the command is none for it.
Result<std::optional<SudoRules>> sudo_rules(const ExecContext& ctx, const model::Node& node,
                                            const NodeSettings& settings, const std::string& prefix,
                                            const std::string& subject) {
  const bool second = prefix == "sudo2";
  if (!settings.truth(prefix + "-command-enabled", false)) return std::nullopt;
  const auto matches =
      pattern_of(node, settings, prefix + "-command-pattern", second ? "^sudo .+? sudo .*$" : "^sudo$");
  if (!matches) return fail(matches.error());
  if (!(*matches)->matches(subject)) return std::nullopt;
  SudoRules rules;
  rules.name = second ? "Second sudo" : "Sudo";
  auto password = secret_of(ctx, node, settings, prefix + "-password", "option." + prefix + "Password");
  auto prompt = pattern_of(node, settings, prefix + "-prompt-pattern", "(?i)^.*password.*");
  auto refusal = pattern_of(node, settings, prefix + "-failure-pattern", "^.*try again.*");
  if (!password) return fail(password.error());
  if (!prompt) return fail(prompt.error());
  if (!refusal) return fail(refusal.error());
  rules.password = std::move(*password);
  rules.prompt = std::move(*prompt);
  rules.refusal = std::move(*refusal);
  const auto number = [&](const char* name, std::int64_t fallback) {
    return std::clamp<std::int64_t>(settings.number(prefix + name).value_or(fallback), 0, kLongestWait);
  };
  rules.prompt_lines = static_cast<int>(number("-prompt-max-lines", rules.prompt_lines));
  rules.prompt_wait = Millis{number("-prompt-max-timeout", rules.prompt_wait.count())};
  rules.answer_lines = static_cast<int>(number("-response-max-lines", rules.answer_lines));
  rules.answer_wait = Millis{number("-response-max-timeout", rules.answer_wait.count())};
  rules.fail_after_lines = settings.truth(prefix + "-fail-on-prompt-max-lines", rules.fail_after_lines);
  rules.fine_after_lines = settings.truth(prefix + "-success-on-prompt-threshold", rules.fine_after_lines);
  rules.fail_after_prompt_wait = settings.truth(prefix + "-fail-on-prompt-timeout", rules.fail_after_prompt_wait);
  rules.fail_after_answer_wait = settings.truth(prefix + "-fail-on-response-timeout", rules.fail_after_answer_wait);
  return rules;
}

Result<> set_sudo(const ExecContext& ctx, const model::Node& node, const NodeSettings& settings,
                  const std::string& command, SshPlan& plan) {
  if (!settings.truth("sudo-command-enabled", false)) return {};
  const auto words = model::split_args(command);
  for (const std::string prefix : {"sudo", "sudo2"}) {
    const auto subject = prefix == "sudo2" ? command : words.empty() ? std::string() : words.front();
    auto rules = sudo_rules(ctx, node, settings, prefix, subject);
    if (!rules) return fail(rules.error());
    if (*rules) plan.sudo.push_back(std::move(**rules));
    if (plan.sudo.empty()) return {};
  }
  plan.pty = true;
  return {};
}

Result<> set_place(const model::Node& node, const NodeSettings& settings, SshTarget& target) {
  const auto hostname = std::string(base::trim(settings.filled(node.attribute("hostname"))));
  if (hostname.empty()) return misconfigured(node, "it has no hostname. Set its attribute hostname.");
  std::string user(base::trim(settings.filled(node.attribute("username"))));
  if (user.empty()) user = settings.text("ssh.user");
  auto hop = parse_hop(hostname, user);
  if (!hop) return misconfigured(node, "its attribute hostname: " + hop.error().message + ".");
  if (hop->user.empty()) return misconfigured(node, "it has no user to log in as. Set its attribute username.");
  if (hop->user.size() > 255 || hop->user.find('\0') != std::string::npos)
    return misconfigured(node, "its attribute username is no user name.");
  target.node = std::move(*hop);
  return {};
}

}  // namespace

Result<SshPlan> plan_ssh(const ExecContext& ctx, const model::Node& node, const std::string& command,
                         const SshDefaults& defaults) {
  const NodeSettings settings(ctx, node);
  SshPlan plan;
  if (auto set = set_place(node, settings, plan.target); !set) return fail(set.error());
  plan.target.config = ssh_config(ctx, node, settings);
  if (auto set = set_host_keys(node, plan.target, defaults); !set) return fail(set.error());
  if (auto set = set_jumps(node, plan.target); !set) return fail(set.error());
  set_times(settings, plan);
  plan.target.bind_address = settings.text("bind-address", settings.text("ssh-bind-address"));
  plan.pty = settings.truth("always-set-pty", false);
  plan.send_environment = settings.truth("ssh-send-env", false);
  const bool by_password = settings.text("ssh-authentication") == "password";
  auto login = by_password ? password_login(ctx, node, settings) : key_login(ctx, node, settings, defaults);
  if (!login) return fail(login.error());
  plan.target.login = std::move(*login);
  if (auto set = set_sudo(ctx, node, settings, command, plan); !set) return fail(set.error());
  return plan;
}

}  // namespace qd::node
