// References in the settings of webhooks to what was posted.
//
//   ${data.issue.labels[0].name}   ${data['odd key']}   of the posted JSON; text, numbers and true/false as they are,
//                                                       lists and objects as JSON, null and a missing last key: null
//   ${raw}                                              all of it, as posted
//   ${webhook.id}  ${webhook['X-GitHub-Event']}         of the delivery
//   ${path('$.issue.labels[*].name')}                   a JSON path
//   ${KS:keys/some/password}                            a secret of the key storage
//
// Source: docs/manual/webhooks/run-job.md and advanced-run-job.md of the peer's documentation. Where the peer takes any
// Groovy, only these are taken.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "base/result.hpp"

namespace qd::model {

struct WebhookValues {
  const Json& data;
  std::string raw;
  std::map<std::string, std::string> webhook;
  std::function<Result<std::string>(const std::string& path)> secret;  // empty: there is no key storage
};

// A value is put in as it is, and looked at no further: references that it holds are text. `\${` stands for `${`.
// Errors name the reference.
Result<std::string> expand_webhook_text(std::string_view text, const WebhookValues& values);

// Option values of an argument string. It is cut into words before values are put in: whatever a value holds (quotes,
// blanks, dashes), it stays within its word, and only the text of the setting can name an option.
Result<std::map<std::string, std::string>> expand_webhook_args(std::string_view args, const WebhookValues& values);

// A JSON value as text: scalars as they are, null as "null", lists and objects as JSON.
std::string webhook_text_of(const Json& value);

}  // namespace qd::model
