// How commands and files reach nodes; node/ does it. Each property names the key of a project's configuration that
// holds it; nodes have attributes of the same names (docs/ssh.md).
#include "plugin/describe.hpp"

namespace qd::plugin {
namespace {

const Labels kAuthentications{{"privateKey", "Private key"}, {"password", "Password"}};

// What commands and copies by SSH have in common.
Description ssh_login(const char* service, const char* name, const char* title, const char* description) {
  Description ssh(service, name, title, description);
  ssh.choice("authentication", "How to log in", kAuthentications)
      .standard("privateKey")
      .mapped("project.ssh-authentication");
  ssh.key("keystoragepath", "Private key in storage", "private", "keys/deploy/id_ed25519")
      .mapped("project.ssh-key-storage-path");
  ssh.text("keypath", "Private key in a file", "Its path on the server; without any key, the SSH agent is asked")
      .mapped("project.ssh-keypath");
  ssh.key("passphrasestoragepath", "Passphrase of the key in storage", "password")
      .mapped("project.ssh-key-passphrase-storage-path");
  ssh.key("passwordstoragepath", "Password in storage", "password").mapped("project.ssh-password-storage-path");
  ssh.number("ssh-connection-timeout", "Time to connect", "In milliseconds; 0: no limit")
      .mapped("project.ssh-connection-timeout");
  ssh.text("ssh-bind-address", "Address to connect from").mapped("project.ssh-bind-address");
  return ssh;
}

Description ssh_executor(const char* name, const char* title, const char* description) {
  Description ssh = ssh_login(service::node_executor, name, title, description);
  ssh.number("ssh-command-timeout", "Time for a command", "In milliseconds; 0: no limit")
      .mapped("project.ssh-command-timeout");
  ssh.flag("passenv", "Send the environment", "RD_ variables, if the node's sshd accepts them")
      .mapped("project.ssh-send-env");
  return ssh;
}

Description ssh_copier(const char* name, const char* title, const char* description) {
  return ssh_login(service::file_copier, name, title, description);
}

}  // namespace

std::vector<Provider> built_in_executors() {
  return {
      Description(service::node_executor, "local", "Local", "Runs commands on the server."),
      Description(service::node_executor, "newlocal", "Local (new)", "Runs commands on the server, as Local does."),
      Description(service::node_executor, "stub", "Stub", "Prints what it would run."),
      ssh_executor("sshj-ssh", "SSH", "Runs commands by SSH, on connections that are kept."),
      ssh_executor("jsch-ssh", "SSH (older name)", "Runs commands by SSH, as sshj-ssh does."),
      ssh_executor("ssh-exec", "OpenSSH", "Runs commands by the program ssh."),
      Description(service::node_executor, "script-exec", "Script Execution", "Runs a command of yours on the server.")
          .text("command", "Command", "ssh ${node.hostname} ${exec.command}")
          .needed()
          .mapped("plugin.script-exec.default.command")
          .text("interpreter", "Shell", "bash -c")
          .mapped("plugin.script-exec.default.shell")
          .text("directory", "Working folder")
          .mapped("plugin.script-exec.default.dir"),
      Description(service::file_copier, "local", "Local", "Copies files on the server."),
      Description(service::file_copier, "stub", "Stub", "Prints what it would copy."),
      ssh_copier("sshj-scp", "SFTP or SCP", "Copies files by SSH, on connections that are kept."),
      ssh_copier("jsch-scp", "SCP (older name)", "Copies files by SSH, as sshj-scp does."),
      ssh_copier("ssh-copier", "OpenSSH", "Copies files by the program scp."),
      Description(service::file_copier, "script-copy", "Script Copy", "Runs a command of yours that copies a file.")
          .text("command", "Command", "scp ${file-copy.file} ${node.hostname}:${file-copy.destination}")
          .needed()
          .mapped("plugin.script-copy.default.command")
          .text("filepath", "Path on the node", "Empty: the command's first line of output tells it")
          .mapped("plugin.script-copy.default.remote-filepath")
          .text("interpreter", "Shell", "bash -c")
          .mapped("plugin.script-copy.default.shell")
          .text("directory", "Working folder")
          .mapped("plugin.script-copy.default.dir"),
  };
}

}  // namespace qd::plugin
