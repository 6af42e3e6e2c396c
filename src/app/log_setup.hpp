// What the log store and the requests between members need of the configuration and of HTTP.
#pragma once

#include <string>

#include "app/config.hpp"
#include "base/result.hpp"
#include "service/log_settings.hpp"
#include "service/member_requests.hpp"

namespace qd::app {

// `url` is the one that users see.
service::LogSettings log_settings(const Config& config, const std::string& url);

// Is there such a store, and are its system-wide settings right? The error names the key.
Result<> check_log_store(const Config& config);

Result<> check_log_limit(const Config& config);  // as above

service::MemberSend send_to_member();

}  // namespace qd::app
