// What notifications need of the configuration and of the other parts.
#pragma once

#include <string>

#include "app/config.hpp"
#include "notify/notifier.hpp"
#include "notify/planner.hpp"
#include "notify/sender.hpp"
#include "store/execution_store.hpp"

namespace qd::app {

notify::PlannerConfig planner_config(const Config& config, const std::string& url);
notify::NotifierConfig notifier_config(const Config& config);
notify::SenderParts sender_parts(const Config& config, std::shared_ptr<const http::AddressBlocks> blocked,
                                 store::ExecutionStore& executions, const std::string& log_root);

}  // namespace qd::app
