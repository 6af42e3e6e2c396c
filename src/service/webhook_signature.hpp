// Signatures of those who post events: HMAC-SHA256 of the body, in hexadecimal.
#pragma once

#include <string>
#include <string_view>

namespace qd::service {

// Is one of the comma-separated signatures in `header`, each written PREFIX and hexadecimal digits, that of `body`?
// GitHub writes "sha256=…" (X-Hub-Signature-256), PagerDuty "v1=…,v1=…" (X-PagerDuty-Signature). In constant time.
bool signed_with(std::string_view secret, std::string_view body, std::string_view header, std::string_view prefix);

}  // namespace qd::service
