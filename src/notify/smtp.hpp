// Hands one message to a mail server.
#pragma once

#include <functional>
#include <string>

#include "base/result.hpp"
#include "notify/mail_settings.hpp"

namespace qd::notify {

// Blocks until the server has taken the message, or until its timeouts. `cancelled` (may be empty) is asked at least
// once a second. Errors: `unavailable`, trying again later may help; `invalid`, the server refuses it for good.
Result<> send_mail(const SmtpSettings& smtp, const std::string& from, const std::string& to, const std::string& message,
                   const std::function<bool()>& cancelled);

}  // namespace qd::notify
