// What the parts that run executions need of the configuration.
#pragma once

#include <memory>
#include <string>

#include "app/config.hpp"
#include "cluster/config.hpp"
#include "engine/launcher.hpp"
#include "engine/remote_options.hpp"
#include "http/address_blocks.hpp"
#include "model/node.hpp"
#include "node/local_executor.hpp"
#include "node/orphan_guard.hpp"
#include "plugin/script.hpp"
#include "schedule/scheduler.hpp"
#include "service/remote_execution.hpp"

namespace qd::app {

// This server as a node of every project.
model::Node server_node(const Config& config);

plugin::ScriptHost plugin_host(const Config& config, const node::OrphanGuard& guard);

// Where what file copiers of plugins are handed lies.
node::LocalConfig plugin_files(const Config& config, const node::OrphanGuard& guard);

engine::LauncherConfig launcher_config(const Config& config, const std::string& url, const std::string& log_root,
                                       const model::Node& node);

engine::RemoteOptionsConfig remote_options_config(const Config& config, const model::Node& node,
                                                  std::shared_ptr<const http::AddressBlocks> blocked,
                                                  vault::SecretReader read_secret, const plugin::ScriptParts* plugins);

service::RemoteExecution::Settings remote_settings(const Config& config);

schedule::SchedulerSettings scheduler_settings(const Config& config);

cluster::ClusterConfig cluster_config(const Config& config);

// This member as its row tells of it; `url` is where the others reach it.
model::Member member_description(const Config& config, const std::string& url);

}  // namespace qd::app
