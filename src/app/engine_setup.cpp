#include "app/engine_setup.hpp"

#include "app/version.hpp"
#include "base/text.hpp"
#include "service/system.hpp"

namespace qd::app {

model::Node server_node(const Config& config) {
  const auto facts = service::System::process();
  model::Node node;
  node.name = config.member.name;
  node.attributes = {{"hostname", config.member.hostname},
                     {"description", "Quarterdeck server node"},
                     {"osFamily", "unix"},
                     {"osName", facts.os_name},
                     {"osArch", facts.os_arch},
                     {"osVersion", facts.os_version}};
  return node;
}

plugin::ScriptHost plugin_host(const Config& config, const node::OrphanGuard& guard) {
  return {config.folders.base.string(), (config.folders.var / "plugins" / "data").string(),
          config.folders.temp.string(), guard.environment()};
}

node::LocalConfig plugin_files(const Config& config, const node::OrphanGuard& guard) {
  node::LocalConfig local;
  local.temp_directory = config.folders.temp.string();
  local.environment = guard.environment();
  return local;
}

engine::LauncherConfig launcher_config(const Config& config, const std::string& url, const std::string& log_root,
                                       const model::Node& node) {
  engine::LauncherConfig launcher;
  launcher.server_uuid = config.member.uuid;
  launcher.queue_room = config.schedules.threads;
  launcher.closes_orphans = false;
  launcher.job_queue = config.schedules.job_queue;
  launcher.log_root = log_root;
  launcher.temp_directory = config.folders.temp.string();
  launcher.server_url = url;
  launcher.server_node = node;
  launcher.settings = config.framework;
  launcher.log_limit = config.log_limit;
  return launcher;
}

engine::RemoteOptionsConfig remote_options_config(const Config& config, const model::Node& node,
                                                  std::shared_ptr<const http::AddressBlocks> blocked,
                                                  vault::SecretReader read_secret, const plugin::ScriptParts* plugins) {
  const auto seconds = [](Millis time) { return std::chrono::duration_cast<std::chrono::seconds>(time); };
  engine::RemoteOptionsConfig remote;
  remote.timeout = seconds(config.remote_options.timeout);
  remote.connect_timeout = seconds(config.remote_options.connect_timeout);
  remote.attempts = config.remote_options.attempts;
  remote.blocked = std::move(blocked);
  remote.read_secret = std::move(read_secret);
  remote.plugins = plugins;
  remote.node_name = node.name;
  remote.server_uuid = config.member.uuid;
  remote.base_folder = config.folders.base.string();
  remote.settings = config.framework;
  return remote;
}

service::RemoteExecution::Settings remote_settings(const Config& config) {
  service::RemoteExecution::Settings settings;
  settings.clustered = config.member.cluster;
  settings.remote_abort = config.cluster.members.remote_abort;
  settings.sealed = config.cluster.messaging.enabled;
  settings.threads = config.schedules.threads;
  return settings;
}

schedule::SchedulerSettings scheduler_settings(const Config& config) {
  schedule::SchedulerSettings settings;
  settings.rules.missed_after = config.schedules.missed_after;
  settings.ledger_life = config.schedules.ledger_life;
  return settings;
}

cluster::ClusterConfig cluster_config(const Config& config) {
  auto members = config.cluster.members;
  members.enabled = config.member.cluster;
  return members;
}

model::Member member_description(const Config& config, const std::string& url) {
  model::Member member;
  member.id.uuid = config.member.uuid;
  member.name = config.member.name;
  member.host = config.member.hostname;
  member.url = url;
  const auto tags = base::split_trimmed(config.cluster.tags, ',');
  member.tags = {tags.begin(), tags.end()};
  member.version = kVersion;
  member.active = config.member.execution_mode == ExecutionMode::active;
  return member;
}

}  // namespace qd::app
