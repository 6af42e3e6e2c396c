// Signatures of those who post events: HMAC-SHA256 of the body, in hexadecimal.
#pragma once

#include <string_view>

#include "service/webhook_plugins.hpp"

namespace qd::service {

// Is one of the comma-separated signatures in `header`, each written PREFIX and hexadecimal digits, that of `body`?
// GitHub writes "sha256=…" (X-Hub-Signature-256), PagerDuty "v1=…,v1=…" (X-PagerDuty-Signature). In constant time.
bool signed_with(std::string_view secret, std::string_view body, std::string_view header, std::string_view prefix);

// The setting `secret` of a webhook: nothing, or the path of the secret in the key storage.
Result<> check_secret_setting(const JsonObject& config);

// Whoever posted must have signed with that secret, when there is one: `unauthorized` when he has not.
Result<> check_signature(const WebhookWork& work, const std::string& header, std::string_view prefix);

}  // namespace qd::service
