#include "notify/mime.hpp"

#include <gmock/gmock.h>

#include "base/text.hpp"

namespace qd::notify {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

MailMessage message() {
  MailMessage mail;
  mail.from = "Ops <ops@example.com>";
  mail.to = "ann@example.com";
  mail.subject = "SUCCESS [p] a/b";
  mail.html = "<p>Grüße</p>";
  mail.date = 1'795'946'804'000;
  mail.id = "delivery-3.17@host";
  return mail;
}

std::string header(const std::string& text, const std::string& name) {
  const auto at = text.find(name + ": ");
  if (at == std::string::npos) return {};
  const auto begin = at + name.size() + 2;
  return text.substr(begin, text.find("\r\n", begin) - begin);
}

TEST(Mime, WritesHeadersAndAnHtmlBody) {
  const auto text = write_mime(message());
  EXPECT_EQ(header(text, "From"), "\"Ops\" <ops@example.com>");
  EXPECT_EQ(header(text, "To"), "ann@example.com");
  EXPECT_EQ(header(text, "Subject"), "SUCCESS [p] a/b");
  EXPECT_EQ(header(text, "Date"), "Sun, 29 Nov 2026 10:06:44 +0000");
  EXPECT_EQ(header(text, "Message-ID"), "<delivery-3.17@host>");
  const auto body = text.substr(text.find("\r\n\r\n") + 4);
  EXPECT_EQ(base::base64_decode(base::trim(body)), "<p>Grüße</p>");
}

TEST(Mime, EncodesSubjectsAndCutsThemBetweenCharacters) {
  auto mail = message();
  mail.subject = "";
  for (int i = 0; i < 60; ++i) mail.subject += "ü";
  const auto text = write_mime(mail);
  std::string decoded;
  const auto begin = text.find("Subject: ") + 9;
  const auto folded = text.substr(begin, text.find("\r\nAuto", begin) - begin);
  for (const auto& word : base::split_trimmed(base::replace_all(folded, "\r\n ", ","), ',')) {
    EXPECT_LE(word.size(), 75u);
    const auto part = base::base64_decode(word.substr(10, word.size() - 12));
    ASSERT_TRUE(part) << word;
    EXPECT_TRUE(base::valid_utf8(*part));
    decoded += *part;
  }
  EXPECT_EQ(decoded, mail.subject);
}

TEST(Mime, LetsNothingBeginAHeaderOfItsOwn) {
  auto mail = message();
  mail.subject = "x\r\nBcc: eve@example.com";
  mail.file = MailFile{"a\"\r\nX: y.log", "text/plain\r\nX: y", "log"};
  const auto text = write_mime(mail);
  EXPECT_THAT(text, Not(HasSubstr("\nBcc:")));
  EXPECT_THAT(text, Not(HasSubstr("\nX:")));
}

TEST(Mime, AttachesAFile) {
  auto mail = message();
  mail.file = MailFile{"job-3.csv", "text/csv", "a,b\n"};
  const auto text = write_mime(mail);
  EXPECT_THAT(text, HasSubstr("Content-Type: multipart/mixed; boundary=\""));
  EXPECT_THAT(text, HasSubstr("Content-Type: text/csv; charset=UTF-8"));
  EXPECT_THAT(text, HasSubstr("filename=\"job-3.csv\""));
  EXPECT_THAT(text, HasSubstr(base::base64("a,b\n")));
}

TEST(Mime, KnowsAddresses) {
  for (const char* good : {"a@b", "Ann Lee <ann@example.com>", "\"Lee, Ann\" <ann.lee+x@example.com>"}) {
    EXPECT_TRUE(is_mailbox(good)) << good;
  }
  for (const char* bad :
       {"", "a", "@b", "a@", "a b@c", "a@b@c", "a@b\r\nRCPT TO:<c@d>", "${option.x}", "<a@b> <c@d;e>"}) {
    EXPECT_FALSE(is_mailbox(bad)) << bad;
  }
  EXPECT_EQ(address_of("Ann <ann@example.com>"), "ann@example.com");
}

}  // namespace
}  // namespace qd::notify
