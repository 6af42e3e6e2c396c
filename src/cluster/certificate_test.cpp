#include "cluster/certificate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/pem.h>

#include "cluster/certificate_openssl.hpp"
#include "cluster/cms_keys_testing.hpp"

namespace qd::cluster {
namespace {

using testing::HasSubstr;

TEST(MemberKeys, PublishACertificateAndNoKey) {
  EXPECT_THAT(anna().certificate_pem(), HasSubstr("BEGIN CERTIFICATE"));
  EXPECT_THAT(anna().certificate_pem(), testing::Not(HasSubstr("PRIVATE")));
  const auto read = MemberCertificate::read(anna().certificate_pem());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->uuid(), "member-anna");
  EXPECT_EQ(read->fingerprint(), anna().certificate().fingerprint());
  EXPECT_EQ(read->fingerprint().size(), 64u);
  EXPECT_NE(read->fingerprint(), bert().certificate().fingerprint());
}

TEST(MemberKeys, TheCertificateIsSignedByItsOwnKey) {
  EXPECT_EQ(X509_verify(anna().certificate().handle(), anna().handle()), 1);
  EXPECT_NE(X509_verify(anna().certificate().handle(), bert().handle()), 1);
  openssl::take_reason();
}

TEST(MemberKeys, ValidFromADayBeforeToTheEndOfItsDays) {
  EXPECT_EQ(carl().expires(), key_time + one_day);
  const auto& certificate = carl().certificate();
  EXPECT_TRUE(certificate.check_valid(key_time));
  EXPECT_TRUE(certificate.check_valid(key_time - one_day));
  EXPECT_TRUE(certificate.check_valid(carl().expires()));
  const auto late = certificate.check_valid(carl().expires() + 1000);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, ErrorKind::unauthenticated);
  EXPECT_THAT(late.error().message, HasSubstr("member-carl has expired"));
  const auto early = certificate.check_valid(key_time - one_day - 1000);
  ASSERT_FALSE(early);
  EXPECT_THAT(early.error().message, HasSubstr("member-carl is not valid yet"));
}

TEST(MemberKeys, TheDocumentedTenYearsPastTheEndOf32BitTimes) {
  EXPECT_TRUE(anna().certificate().check_valid(key_time + 3649 * one_day));
  const auto keys = MemberKeys::make("late", {.cert_validity_days = 36'500}, key_time);
  ASSERT_TRUE(keys);
  EXPECT_TRUE(keys->certificate().check_valid(key_time + 36'499 * one_day));
  EXPECT_FALSE(keys->certificate().check_valid(key_time + 36'501 * one_day));
}

TEST(MemberKeys, WhatCannotBeMadeIsAnError) {
  EXPECT_FALSE(MemberKeys::make("m", {.signature_algorithm = "MD5withRSA"}, key_time));
  EXPECT_FALSE(MemberKeys::make("m", {.encryption_algorithm = "ROT13"}, key_time));
  EXPECT_FALSE(MemberKeys::make(std::string(65, 'x'), {}, key_time));  // names in certificates have at most 64
  EXPECT_FALSE(MemberKeys::make("", {}, key_time));
}

TEST(MemberCertificate, OnlyRsaInPem) {
  for (const std::string pem : {"", "no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}) {
    const auto read = MemberCertificate::read(pem);
    ASSERT_FALSE(read) << pem;
    EXPECT_THAT(read.error().message, HasSubstr("certificate"));
  }
  const openssl::Key key(EVP_EC_gen("P-256"));
  const openssl::Certificate certificate(X509_new());
  ASSERT_EQ(X509_set_pubkey(certificate.get(), key.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 60);
  ASSERT_GT(X509_sign(certificate.get(), key.get(), EVP_sha256()), 0);
  const auto pem = openssl::new_buffer();
  ASSERT_EQ(PEM_write_bio_X509(pem.get(), certificate.get()), 1);
  const auto read = MemberCertificate::read(openssl::text_of(pem));
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message, HasSubstr("no RSA key"));
}

}  // namespace
}  // namespace qd::cluster
