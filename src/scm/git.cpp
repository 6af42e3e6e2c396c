#include "scm/git.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

#include "base/id.hpp"
#include "base/text.hpp"
#include "node/blocking_run.hpp"
#include "node/spawn.hpp"
#include "scm/remote_guard.hpp"

namespace qd::scm {
namespace {

constexpr const char* kTransports = "ssh:http:https:git:file";
// Of ours, what git and ssh need; nothing that another part keeps in its environment.
constexpr const char* kKept[] = {"PATH",       "HOME",        "USER",          "LOGNAME",      "TMPDIR",
                                 "http_proxy", "https_proxy", "all_proxy",     "no_proxy",     "HTTPS_PROXY",
                                 "ALL_PROXY",  "NO_PROXY",    "SSL_CERT_FILE", "SSL_CERT_DIR", "SSH_AUTH_SOCK"};
// Of every call, whatever the configuration of the system or of the user says.
constexpr std::pair<const char*, const char*> kSettings[] = {{"core.hooksPath", "/dev/null"},
                                                             {"core.fsmonitor", "false"},
                                                             {"core.quotePath", "false"},
                                                             {"gc.autoDetach", "false"},
                                                             {"maintenance.autoDetach", "false"},
                                                             {"protocol.ext.allow", "never"},
                                                             {"credential.helper", ""},
                                                             {"fetch.writeCommitGraph", "false"},
                                                             {"fetch.recurseSubmodules", "false"},
                                                             {"submodule.recurse", "false"},
                                                             {"push.followTags", "false"},
                                                             {"push.gpgSign", "false"},
                                                             {"commit.gpgSign", "false"},
                                                             {"tag.gpgSign", "false"},
                                                             {"log.showSignature", "false"},
                                                             {"core.askPass", ""},
                                                             {"transfer.credentialsInUrl", "allow"}};

// Answers a question for a password, and no other: after a redirect to another host git asks for a user first.
constexpr const char* kAnswerer =
    "#!/bin/sh\ncase \"$1\" in\n*sername*|*yes/no*) exit 1 ;;\nesac\nprintf '%s\\n' \"$QD_SCM_PASSWORD\"\n";

// A file that only this user may read, gone when this is.
class SecretFile {
 public:
  static Result<SecretFile> create(const std::string& path, const std::string& text, mode_t mode) {
    const node::Fd file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
    if (!file || write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
      return fail(ErrorKind::unavailable, "Cannot write " + path + ": " + std::strerror(errno));
    return SecretFile(path);
  }
  SecretFile(SecretFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  SecretFile& operator=(SecretFile&&) = delete;
  ~SecretFile() {
    if (!path_.empty()) unlink(path_.c_str());
  }
  const std::string& path() const { return path_; }

 private:
  explicit SecretFile(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

using Environment = std::map<std::string, std::string>;

Environment plain_environment(const GitHost& host, const GitSettings& settings) {
  Environment variables;
  for (const char* name : kKept) {
    if (const char* value = std::getenv(name)) variables[name] = value;
  }
  variables.emplace("PATH", "/usr/local/bin:/usr/bin:/bin");
  variables["LC_ALL"] = "C";  // what it says is looked at
  variables["GIT_TERMINAL_PROMPT"] = "0";
  variables["GIT_ALLOW_PROTOCOL"] = kTransports;
  variables["GIT_PAGER"] = "cat";
  variables["GIT_EDITOR"] = "false";
  variables["GIT_OPTIONAL_LOCKS"] = "0";
  variables["GIT_NO_REPLACE_OBJECTS"] = "1";
  variables["GIT_ATTR_NOSYSTEM"] = "1";
  std::size_t count = 0;
  const auto set = [&](const std::string& key, const std::string& value) {
    variables["GIT_CONFIG_KEY_" + std::to_string(count)] = key;
    variables["GIT_CONFIG_VALUE_" + std::to_string(count)] = value;
    ++count;
  };
  for (const auto& [key, value] : kSettings) set(key, value);
  for (const auto& [key, value] : settings) set(key, value);
  variables["GIT_CONFIG_COUNT"] = std::to_string(count);
  for (const auto& [name, value] : host.environment) variables[name] = value;
  return variables;
}

// A value of ssh's -o: in quotes, as it may hold blanks.
std::string ssh_value(const std::string& text) {
  return "\"" + base::replace_all(text, "\"", "") + "\"";
}

// git hands this line to a shell; it is made of words that we quote ourselves, and holds nothing of a user.
std::string ssh_command(const GitHost& host, const GitLogin& login, const std::string& key_file) {
  std::vector<std::string> words{"ssh",
                                 "-o",
                                 "ConnectTimeout=30",
                                 "-o",
                                 "ServerAliveInterval=15",
                                 "-o",
                                 "PermitLocalCommand=no",
                                 "-o",
                                 "ForwardAgent=no",
                                 "-o",
                                 "ClearAllForwardings=yes"};
  const auto option = [&](const std::string& text) {
    words.emplace_back("-o");
    words.push_back(text);
  };
  if (login.strict_host_keys) {
    option("StrictHostKeyChecking=yes");
    if (!host.known_hosts.empty())
      option("UserKnownHostsFile=" + ssh_value(host.known_hosts) + " ~/.ssh/known_hosts ~/.ssh/known_hosts2");
  } else {
    option("StrictHostKeyChecking=no");
    option("UserKnownHostsFile=/dev/null");
    option("LogLevel=ERROR");
  }
  if (!key_file.empty()) {
    words.emplace_back("-i");
    words.push_back(key_file);
    option("IdentitiesOnly=yes");
    option("IdentityAgent=none");
  }
  option(login.password.empty() ? "BatchMode=yes" : "NumberOfPasswordPrompts=1");
  std::string line;
  for (const auto& word : words) line += (line.empty() ? "" : " ") + base::shell_quote(word);
  return line;
}

// What a call needs while it runs.
struct Secrets {
  std::vector<SecretFile> files;
};

Result<> give_login(const GitHost& host, const GitLogin& login, Environment& variables, Secrets& secrets) {
  const auto temporary = [&](const char* end) { return host.folder + "/" + base::random_token(20) + end; };
  std::string key_file;
  if (!login.private_key.empty()) {
    std::string text = login.private_key;
    if (text.back() != '\n') text += '\n';  // ssh refuses a key without it
    auto file = SecretFile::create(temporary(".key"), text, S_IRUSR | S_IWUSR);
    if (!file) return fail(file.error());
    key_file = file->path();
    secrets.files.push_back(std::move(*file));
  }
  if (!login.password.empty()) {
    auto file = SecretFile::create(temporary(".askpass"), kAnswerer, S_IRUSR | S_IWUSR | S_IXUSR);
    if (!file) return fail(file.error());
    variables["GIT_ASKPASS"] = file->path();
    variables["SSH_ASKPASS"] = file->path();
    variables["SSH_ASKPASS_REQUIRE"] = "force";
    variables["QD_SCM_PASSWORD"] = login.password;
    secrets.files.push_back(std::move(*file));
  }
  variables["GIT_SSH_COMMAND"] = ssh_command(host, login, key_file);
  variables["GIT_SSH_VARIANT"] = "ssh";
  return {};
}

tl::unexpected<Error> took_too_long(const GitCall& call) {
  return fail(ErrorKind::unavailable, "git " + call.args.front() + " took longer than " +
                                          std::to_string(call.limit.count() / 1000) + " s and was ended");
}

Result<GitEnd> run_with(const GitHost& host, const GitCall& call, const GitSettings& settings) {
  Secrets secrets;
  auto variables = plain_environment(host, settings);
  if (call.login != nullptr) {
    if (auto given = give_login(host, *call.login, variables, secrets); !given) return fail(given.error());
    node::wait_for_spawns_under_way();  // a script that a child of another spawn still holds open cannot be run
  }
  for (const auto& [name, value] : call.environment) variables[name] = value;
  node::ProcessSpec spec;
  spec.argv = {"prlimit", "--fsize=" + std::to_string(host.largest_file), "--core=0", "--", "git"};
  if (!call.folder.empty()) spec.argv.push_back("--git-dir=" + call.folder);
  spec.argv.insert(spec.argv.end(), call.args.begin(), call.args.end());
  for (const auto& [name, value] : variables) {
    if (value.find('\0') == std::string::npos) spec.environment.push_back(name + "=" + value);
  }
  spec.working_directory = host.folder;
  spec.input = call.input;
  auto run = node::run_blocking(host.loop, host.pool, std::move(spec), call.limit, call.most_output, host.cancelled);
  using End = node::ProcessResult::End;
  if (run.process.cancelled) return took_too_long(call);
  if (run.process.end == End::not_started)
    return fail(ErrorKind::unavailable, "git could not be run: " + run.process.error);
  if (run.process.end == End::exited && run.process.exit_code == 127)
    return fail(ErrorKind::unavailable, "git is not installed on this member: install the package git");
  if (run.cut)
    return fail(ErrorKind::too_large, "git " + call.args.front() + " gave more than " +
                                          std::to_string(call.most_output >> 10) + " KiB; the repository is too large");
  const int code = run.process.end == End::exited ? run.process.exit_code : 128 + run.process.signal;
  if (!call.login) return GitEnd{code, std::move(run.out), std::move(run.err)};
  if (!call.login->password.empty()) run.err = base::replace_all(run.err, call.login->password, "***");
  return GitEnd{code, std::move(run.out), std::move(run.err)};
}

Result<GitEnd> run_guarded(const GitHost& host, const GitCall& call) {
  const auto settings = guarded_settings(*call.remote, *host.blocked);
  if (!settings) return fail(settings.error());
  auto end = run_with(host, call, *settings);
  if (!end || end->code == 0 || !stopped_at_redirect(end->err)) return end;
  const auto place = redirected(*call.remote, host.blocked);
  if (!place) return fail(place.error());
  if (!*place) return end;
  auto there = guarded_settings(**place, *host.blocked);
  if (!there) return fail(there.error());
  there->emplace_back("url." + (*place)->text + ".insteadOf", call.remote->text);
  return run_with(host, call, *there);
}

}  // namespace

Result<GitEnd> run_git(const GitHost& host, const GitCall& call) {
  const bool guarded = call.remote != nullptr && host.blocked && !host.blocked->empty();
  return guarded ? run_guarded(host, call) : run_with(host, call, {});
}

std::string complaint_of(const GitEnd& end) {
  std::vector<std::string> kept;
  for (auto line : base::split_trimmed(base::repair_utf8(end.err), '\n')) {
    if (line.starts_with("hint:") || line.starts_with("remote: Enumerating") || line.starts_with("Warning:")) continue;
    for (const char* word : {"fatal: ", "error: "}) {
      if (line.starts_with(word)) line = line.substr(std::strlen(word));
    }
    kept.push_back(std::move(line));
    if (kept.size() == 6) break;
  }
  auto text = base::join(kept, "; ");
  if (text.size() > 600) text = base::repair_utf8(text.substr(0, 600)) + "…";
  return text.empty() ? "git ended with code " + std::to_string(end.code) : text;
}

Result<std::string> git_output(const GitHost& host, const GitCall& call) {
  auto end = run_git(host, call);
  if (!end) return fail(end.error());
  if (end->code != 0) return fail(ErrorKind::unavailable, complaint_of(*end));
  return std::move(end->out);
}

}  // namespace qd::scm
