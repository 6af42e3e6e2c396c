#include "notify/mail_settings.hpp"

#include "base/text.hpp"

namespace qd::notify {

namespace {

constexpr std::int64_t kLongestTimeout = 600'000;

// The properties under either protocol's name.
class Properties {
 public:
  explicit Properties(const std::map<std::string, std::string>& all) : all_(all) {}

  std::string text(const std::string& name) const {
    for (const char* prefix : {"mail.smtp.", "mail.smtps."}) {
      const auto found = all_.find(prefix + name);
      if (found != all_.end()) return std::string(base::trim(found->second));
    }
    return {};
  }
  bool truth(const std::string& name) const { return base::iequals(text(name), "true"); }
  bool untruth(const std::string& name) const { return base::iequals(text(name), "false"); }
  std::string plain(const std::string& name) const {
    const auto found = all_.find(name);
    return found == all_.end() ? std::string() : std::string(base::trim(found->second));
  }

  Result<> number(const std::string& name, std::int64_t low, std::int64_t high, std::int64_t& into) const {
    const auto value = text(name);
    if (value.empty()) return {};
    const auto number = base::parse_int(value);
    if (!number || *number < low || *number > high) {
      return fail(ErrorKind::invalid, "mail.smtp." + name + ": '" + value + "': expected a number from " +
                                          std::to_string(low) + " to " + std::to_string(high));
    }
    into = *number;
    return {};
  }

 private:
  const std::map<std::string, std::string>& all_;
};

SmtpSettings::Tls tls_of(const Properties& properties) {
  using Tls = SmtpSettings::Tls;
  const bool smtps = base::iequals(properties.plain("mail.transport.protocol"), "smtps");
  if (smtps || properties.truth("ssl.enable") || base::icontains(properties.text("socketFactory.class"), "SSL")) {
    return Tls::from_start;
  }
  if (properties.truth("starttls.required")) return Tls::starttls;
  return properties.truth("starttls.enable") ? Tls::if_offered : Tls::none;
}

}  // namespace

std::string MailSettings::of_template(const std::string& project, const std::string& job, const std::string& trigger,
                                      const std::string& name) const {
  for (const auto& middle : {project + "." + job + ".", trigger + ".", std::string()}) {
    const auto found = templates.find("rundeck.mail." + middle + "template." + name);
    if (found != templates.end() && !found->second.empty()) return found->second;
  }
  return {};
}

std::string MailSettings::of_any(const std::string& name) const {
  const auto found = templates.find("rundeck.mail.template." + name);
  return found == templates.end() ? std::string() : found->second;
}

Result<> apply_mail_properties(const std::map<std::string, std::string>& all, SmtpSettings& smtp) {
  const Properties properties(all);
  smtp.tls = tls_of(properties);
  std::int64_t connect = smtp.connect_timeout.count(), whole = smtp.timeout.count();
  for (const auto& read :
       {properties.number("port", 1, 65'535, smtp.port), properties.number("socketFactory.port", 1, 65'535, smtp.port),
        properties.number("connectiontimeout", 1, kLongestTimeout, connect),
        properties.number("timeout", 1, kLongestTimeout, whole)}) {
    if (!read) return read;
  }
  smtp.connect_timeout = std::chrono::milliseconds(connect);
  smtp.timeout = std::chrono::milliseconds(whole);
  const auto trusted = properties.text("ssl.trust");
  for (const auto& host : base::split_trimmed(base::replace_all(trusted, " ", ","), ',')) {
    if (host == "*" || base::iequals(host, smtp.host)) smtp.verify_certificate = smtp.verify_host = false;
  }
  if (properties.untruth("ssl.checkserveridentity")) smtp.verify_host = false;
  if (properties.untruth("auth")) {
    smtp.username.clear();
    smtp.password.clear();
  }
  smtp.greeting_name = properties.text("localhost");
  smtp.envelope_sender = properties.text("from");
  return {};
}

}  // namespace qd::notify
