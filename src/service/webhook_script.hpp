// Webhooks whose plugin is a script of the folder of plugins (service WebhookEvent).
#pragma once

#include <functional>

#include "plugin/script.hpp"
#include "service/webhook_plugins.hpp"

namespace qd::service {

// Runs the script with what was posted as its standard input. What it prints is the answer: JSON when it is an object
// or a list, else text. `properties` are the framework's and the project's. Blocks until its end, half a minute at
// most.
Result<WebhookReply> run_webhook_script(const plugin::ScriptParts& scripts,
                                        const std::function<plugin::Texts(const std::string& project)>& properties,
                                        const WebhookWork& work);

}  // namespace qd::service
