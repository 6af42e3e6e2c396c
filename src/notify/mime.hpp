// A mail message as text (RFC 5322, MIME): an HTML body, and perhaps a file.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace qd::notify {

struct MailFile {
  std::string name;
  std::string type = "text/plain";
  std::string content;
};

struct MailMessage {
  std::string from, to;  // "a@example.com" or "Ann Lee <a@example.com>"
  std::string subject;
  std::string html;
  std::optional<MailFile> file;
  UnixMillis date = 0;
  std::string id;  // "delivery-12@host": the same when it is sent again, so that readers can tell
};

// Lines end with CRLF. Nothing in the fields can begin a header of its own.
std::string write_mime(const MailMessage& message);

// What stands between < and >, or all of it.
std::string address_of(std::string_view mailbox);
// One address with a @ and nothing that could end it.
bool is_mailbox(std::string_view mailbox);

// "Sun, 29 Nov 2026 10:06:44 +0000"
std::string mail_date(UnixMillis time);

}  // namespace qd::notify
