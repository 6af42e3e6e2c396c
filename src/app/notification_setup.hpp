// What notifications need of the configuration and of the other parts.
#pragma once

#include <string>

#include "app/config.hpp"
#include "notify/notifier.hpp"
#include "notify/planner.hpp"
#include "notify/sender.hpp"
#include "plugin/node_source.hpp"
#include "service/output.hpp"
#include "store/execution_store.hpp"
#include "vault/secret_reader.hpp"

namespace qd::app {

// Where the log of an execution is, as far as it is here.
using FindLog = std::function<service::LogView(const model::Execution&)>;

notify::PlannerConfig planner_config(const Config& config, const std::string& url);
notify::NotifierConfig notifier_config(const Config& config);
notify::SenderParts sender_parts(const Config& config, std::shared_ptr<const http::AddressBlocks> blocked,
                                 store::ExecutionStore& executions, FindLog find_log, vault::SecretReader read_secret,
                                 const plugin::NodeSourceParts& plugins);

}  // namespace qd::app
