// How mail is sent and what it looks like: the keys grails.mail.* and rundeck.mail.*.
// Source: docs/administration/configuration/email-settings.md of the peer's documentation.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include "base/result.hpp"

namespace qd::notify {

struct SmtpSettings {
  enum class Tls { none, if_offered, starttls, from_start };
  std::string host = "localhost";
  std::int64_t port = 25;
  std::string username, password;  // none: without authentication
  Tls tls = Tls::none;
  bool verify_certificate = true, verify_host = true;
  std::string greeting_name;    // of EHLO; "": the host's
  std::string envelope_sender;  // "": that of the message
  std::chrono::milliseconds connect_timeout{10'000}, timeout{60'000};
};

struct MailSettings {
  SmtpSettings smtp;
  std::string from;
  bool disabled = false;
  std::string only_to;                           // every message goes to this address instead; "" off
  std::map<std::string, std::string> templates;  // every rundeck.mail.* key
  std::string base_folder;                       // of relative template files

  // rundeck.mail.PROJECT.JOB.template.NAME, else rundeck.mail.TRIGGER.template.NAME, else rundeck.mail.template.NAME.
  std::string of_template(const std::string& project, const std::string& job, const std::string& trigger,
                          const std::string& name) const;
  // The one for every trigger alone.
  std::string of_any(const std::string& name) const;
};

// Takes what grails.mail.props.* say, JavaMail's names without that prefix ("mail.smtp.starttls.enable"), into `smtp`.
// Errors name the property whose value cannot be used. Properties that mean nothing here are passed over.
Result<> apply_mail_properties(const std::map<std::string, std::string>& properties, SmtpSettings& smtp);

}  // namespace qd::notify
