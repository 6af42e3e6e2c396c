#include "app/node_providers.hpp"

#include <cstdlib>

#include "node/command_provider.hpp"
#include "node/local_executor.hpp"
#include "node/openssh_provider.hpp"
#include "node/ssh_copier.hpp"
#include "node/ssh_executor.hpp"
#include "node/stub_executor.hpp"

namespace qd::app {
namespace {

node::LocalConfig local_config(const Config& config, std::map<std::string, std::string> environment) {
  node::LocalConfig local;
  local.temp_directory = config.folders.temp.string();
  local.environment = std::move(environment);
  return local;
}

node::SshConfig ssh_config(const Config& config) {
  node::SshConfig ssh;
  ssh.defaults.known_hosts = (config.folders.base / ".ssh" / "known_hosts").string();
  const char* agent = std::getenv("SSH_AUTH_SOCK");
  ssh.defaults.agent = agent == nullptr ? "" : agent;
  return ssh;
}

}  // namespace

struct NodeProviders::Impl {
  Impl(const Config& config, base::EventLoop& loop, base::WorkerPool& pool, const node::LocalConfig& local_setup)
      : transport(ssh_config(config)),
        openssh_parts{loop, pool, local_setup, transport.config().defaults},
        local(loop, pool, local_setup),
        local_copier(loop, pool, local_setup),
        ssh_copier(loop, transport),
        ssh(loop, transport, ssh_copier),
        script_copy(loop, pool, local_setup),
        script_exec(loop, pool, local_setup),
        openssh_copier(openssh_parts),
        openssh(openssh_parts, openssh_copier),
        services(loop, pool, config.member.name) {
    using Scripts = node::NodeServices::Scripts;
    for (const char* name : {"local", "newlocal"}) services.add_executor(name, local, Scripts::by_executor);
    for (const char* name : {"sshj-ssh", "jsch-ssh"}) services.add_executor(name, ssh, Scripts::by_copier, &ssh_copier);
    services.add_executor("ssh-exec", openssh, Scripts::by_copier, &openssh_copier);
    services.add_executor("script-exec", script_exec, Scripts::by_copier);
    services.add_executor("stub", stub, Scripts::by_executor);
    services.add_copier("local", local_copier);
    for (const char* name : {"sshj-scp", "jsch-scp"}) services.add_copier(name, ssh_copier);
    services.add_copier("ssh-copier", openssh_copier);
    services.add_copier("script-copy", script_copy);
    services.add_copier("stub", stub_copier);
  }

  node::SshTransport transport;
  node::OpensshParts openssh_parts;
  node::LocalExecutor local;
  node::LocalFileCopier local_copier;
  node::SshCopier ssh_copier;
  node::SshExecutor ssh;
  node::ScriptCopy script_copy;
  node::ScriptExec script_exec;
  node::OpensshCopier openssh_copier;
  node::OpensshExecutor openssh;
  node::StubExecutor stub;
  node::StubCopier stub_copier;
  node::NodeServices services;
};

NodeProviders::NodeProviders(const Config& config, base::EventLoop& loop, base::WorkerPool& pool,
                             std::map<std::string, std::string> environment)
    : impl_(std::make_unique<Impl>(config, loop, pool, local_config(config, std::move(environment)))) {}

NodeProviders::~NodeProviders() = default;

node::NodeServices& NodeProviders::services() {
  return impl_->services;
}

void NodeProviders::start() {
  impl_->transport.start();
}

void NodeProviders::stop() noexcept {
  impl_->transport.stop();
}

}  // namespace qd::app
