#include "notify/mail_settings.hpp"

#include <gmock/gmock.h>

namespace qd::notify {
namespace {

using Tls = SmtpSettings::Tls;

SmtpSettings applied(const std::map<std::string, std::string>& properties) {
  SmtpSettings smtp;
  smtp.host = "mail.example.com";
  smtp.username = "u";
  EXPECT_TRUE(apply_mail_properties(properties, smtp));
  return smtp;
}

TEST(MailSettings, ReadsJavaMailsProperties) {
  EXPECT_EQ(applied({}).tls, Tls::none);
  EXPECT_EQ(applied({{"mail.smtp.starttls.enable", "true"}}).tls, Tls::if_offered);
  EXPECT_EQ(applied({{"mail.smtp.starttls.enable", "true"}, {"mail.smtp.starttls.required", "true"}}).tls,
            Tls::starttls);
  EXPECT_EQ(applied({{"mail.smtp.ssl.enable", "true"}}).tls, Tls::from_start);
  EXPECT_EQ(applied({{"mail.smtp.socketFactory.class", "javax.net.ssl.SSLSocketFactory"}}).tls, Tls::from_start);
  EXPECT_EQ(applied({{"mail.transport.protocol", "smtps"}}).tls, Tls::from_start);
  EXPECT_EQ(applied({{"mail.smtp.socketFactory.port", "465"}}).port, 465);
  EXPECT_EQ(applied({{"mail.smtp.auth", "false"}}).username, "");
  EXPECT_EQ(applied({{"mail.smtp.auth", "true"}}).username, "u");
  EXPECT_EQ(applied({{"mail.smtp.timeout", "1500"}}).timeout.count(), 1500);
  EXPECT_FALSE(applied({{"mail.smtp.ssl.trust", "other.example.com mail.example.com"}}).verify_certificate);
  EXPECT_TRUE(applied({{"mail.smtp.ssl.trust", "other.example.com"}}).verify_certificate);
}

TEST(MailSettings, SaysWhichPropertyIsWrong) {
  SmtpSettings smtp;
  const auto result = apply_mail_properties({{"mail.smtp.timeout", "soon"}}, smtp);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "mail.smtp.timeout: 'soon': expected a number from 1 to 600000");
}

TEST(MailSettings, TheJobsTemplateComesFirst) {
  MailSettings mail;
  mail.templates = {{"rundeck.mail.template.subject", "any"}, {"rundeck.mail.failure.template.subject", "failure"}};
  EXPECT_EQ(mail.of_template("p", "j", "success", "subject"), "any");
  EXPECT_EQ(mail.of_template("p", "j", "failure", "subject"), "failure");
  mail.templates["rundeck.mail.p.j.template.subject"] = "job";
  EXPECT_EQ(mail.of_template("p", "j", "failure", "subject"), "job");
  EXPECT_EQ(mail.of_template("p", "j", "failure", "file"), "");
}

}  // namespace
}  // namespace qd::notify
