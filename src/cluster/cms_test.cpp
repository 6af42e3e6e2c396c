#include "cluster/cms.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "cluster/certificate_openssl.hpp"
#include "cluster/cms_algorithms.hpp"
#include "cluster/cms_keys_testing.hpp"

namespace qd::cluster {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string secret = "option.password=Tr0ub4dor&3 and a longer tail, so that no block of it is alone";

std::string sealed_for_bert(const std::string& plain = secret) {
  const auto sealed = seal(plain, anna(), bert().certificate_pem(), key_time);
  EXPECT_TRUE(sealed) << sealed.error().message;
  return sealed.value_or("");
}

std::string refused(const Result<std::string>& opened) {
  EXPECT_FALSE(opened);
  return opened ? "" : opened.error().message;
}

TEST(Cms, WhatIsSealedOpens) {
  for (const auto& plain : {secret, std::string(), std::string("\0\r\n\xFF\n", 5), std::string(1'000'000, 'x')}) {
    const auto opened = open(sealed_for_bert(plain), bert(), anna().certificate_pem(), key_time);
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(*opened, plain);
  }
}

TEST(Cms, ForItselfToo) {
  const auto sealed = seal(secret, anna(), anna().certificate_pem(), key_time);
  ASSERT_TRUE(sealed);
  EXPECT_EQ(open(*sealed, anna(), anna().certificate_pem(), key_time), secret);
}

TEST(Cms, ThePlainValueIsNowhereInTheSealedText) {
  const std::string sealed = sealed_for_bert();
  EXPECT_EQ(sealed.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="),
            std::string::npos);
  const std::string der = base::base64_decode(sealed).value_or("");
  ASSERT_GT(der.size(), secret.size());
  // Every piece of 8 bytes, as it is, and in base64 at each of the three alignments.
  for (std::size_t at = 0; at + 8 <= secret.size(); ++at) {
    const std::string piece = secret.substr(at, 8);
    EXPECT_THAT(der, Not(HasSubstr(piece)));
    EXPECT_THAT(sealed, Not(HasSubstr(piece)));
    for (std::size_t shift = 0; shift < 3; ++shift) {
      EXPECT_THAT(sealed, Not(HasSubstr(base::base64(piece.substr(shift, 6)))));
    }
  }
}

TEST(Cms, TheSameTwiceLooksDifferent) {
  EXPECT_NE(sealed_for_bert(), sealed_for_bert());
}

TEST(Cms, EveryAlgorithmThatTheConfigurationAllowsWorks) {
  const auto round_trip = [](const MessagingConfig& config) {
    const auto keys = MemberKeys::make("m", config, key_time);
    ASSERT_TRUE(keys) << config.signature_algorithm << ": " << keys.error().message;
    const auto sealed = seal(secret, *keys, bert().certificate_pem(), key_time);
    ASSERT_TRUE(sealed) << config.signature_algorithm << " " << config.encryption_algorithm << sealed.error().message;
    const auto opened = open(*sealed, bert(), keys->certificate_pem(), key_time);
    ASSERT_TRUE(opened) << config.signature_algorithm << " " << config.encryption_algorithm << opened.error().message;
    EXPECT_EQ(*opened, secret);
  };
  // In pairs, as each takes new keys.
  const auto signatures = signature_algorithms();
  const auto encryptions = encryption_algorithms();
  for (std::size_t i = 0; i < std::max(signatures.size(), encryptions.size()); ++i) {
    round_trip({.signature_algorithm = signatures[i % signatures.size()],
                .encryption_algorithm = encryptions[i % encryptions.size()]});
  }
}

TEST(Cms, AnotherRecipientCannotOpen) {
  EXPECT_THAT(refused(open(sealed_for_bert(), carl(), anna().certificate_pem(), key_time)),
              HasSubstr("encrypted for other keys than those that member member-carl has now"));
  // Nor can the sender.
  EXPECT_THAT(refused(open(sealed_for_bert(), anna(), anna().certificate_pem(), key_time)), HasSubstr("other keys"));
}

TEST(Cms, AnotherSignerIsRefused) {
  EXPECT_THAT(refused(open(sealed_for_bert(), bert(), carl().certificate_pem(), key_time)),
              HasSubstr("another key than that of member member-carl"));
  const auto of_namesake = make_keys("member-anna");  // another pair under the same name
  EXPECT_THAT(refused(open(sealed_for_bert(), bert(), of_namesake.certificate_pem(), key_time)),
              HasSubstr("another key than that of member member-anna"));
}

TEST(Cms, ChangedContentIsRefused) {
  const std::string der = base::base64_decode(sealed_for_bert()).value_or("");
  ASSERT_GT(der.size(), 700u);
  // The encrypted content is the end of the structure.
  for (std::size_t back = 1; back < 512; back += 7) {
    std::string changed = der;
    changed[changed.size() - back] ^= 1;
    const auto opened = open(base::base64(changed), bert(), anna().certificate_pem(), key_time);
    ASSERT_FALSE(opened) << back;
    EXPECT_EQ(opened.error().kind, ErrorKind::unauthenticated) << back;
    EXPECT_THAT(opened.error().message, Not(HasSubstr("Tr0ub4dor")));
  }
}

TEST(Cms, NoChangedByteAnywhereChangesWhatIsRead) {
  const std::string der = base::base64_decode(sealed_for_bert()).value_or("");
  for (std::size_t at = 0; at < der.size(); at += 3) {
    std::string changed = der;
    changed[at] ^= 0x20;
    const auto opened = open(base::base64(changed), bert(), anna().certificate_pem(), key_time);
    EXPECT_EQ(opened.value_or(secret), secret) << at;
  }
}

TEST(Cms, CutOrExtendedIsRefused) {
  const std::string der = base::base64_decode(sealed_for_bert()).value_or("");
  for (const std::string& changed : {der.substr(0, der.size() / 2), der.substr(0, der.size() - 1), der + "x",
                                     std::string("x") + der, std::string()}) {
    EXPECT_THAT(refused(open(base::base64(changed), bert(), anna().certificate_pem(), key_time)),
                HasSubstr("not in CMS form"));
  }
  EXPECT_THAT(refused(open("~~~", bert(), anna().certificate_pem(), key_time)), HasSubstr("not base64"));
  EXPECT_THAT(refused(open(secret, bert(), anna().certificate_pem(), key_time)), HasSubstr("The message is not"));
}

// What somebody who has only Bert's certificate can make: encrypted for him, but what is inside is not Anna's.
std::string enveloped_for_bert(const std::string& inside) {
  const auto data = openssl::read_buffer(inside);
  STACK_OF(X509)* recipients = sk_X509_new_null();
  sk_X509_push(recipients, bert().certificate().handle());
  const openssl::Cms cms(CMS_encrypt(recipients, data.get(), EVP_aes_128_cbc(), CMS_BINARY));
  sk_X509_free(recipients);
  const auto der = openssl::new_buffer();
  EXPECT_EQ(i2d_CMS_bio(der.get(), cms.get()), 1);
  return base::base64(openssl::text_of(der));
}

std::string signed_by(const MemberKeys& signer, const std::string& content, bool keep_signature = true) {
  const auto data = openssl::read_buffer(content);
  const openssl::Cms cms(CMS_sign(signer.certificate().handle(), signer.handle(), nullptr, data.get(),
                                  CMS_BINARY | CMS_NOCERTS | CMS_NOATTR));
  STACK_OF(CMS_SignerInfo)* signatures = CMS_get0_SignerInfos(cms.get());
  CMS_SignerInfo* signature = keep_signature ? nullptr : sk_CMS_SignerInfo_pop(signatures);
  const auto der = openssl::new_buffer();
  EXPECT_EQ(i2d_CMS_bio(der.get(), cms.get()), 1);
  if (signature != nullptr) sk_CMS_SignerInfo_push(signatures, signature);  // nobody else can free it
  return openssl::text_of(der);
}

std::string head_for(const MemberKeys& recipient) {
  return "quarterdeck-message-1 " + recipient.certificate().fingerprint() + "\n";
}

TEST(Cms, ForgedContentsAreRefused) {
  const auto open_as_annas = [](const std::string& inside) {
    return open(enveloped_for_bert(inside), bert(), anna().certificate_pem(), key_time);
  };
  EXPECT_THAT(refused(open_as_annas(secret)), HasSubstr("is not signed"));
  EXPECT_THAT(refused(open_as_annas(signed_by(anna(), head_for(bert()) + secret, false))), HasSubstr("one signature"));
  EXPECT_THAT(refused(open_as_annas(signed_by(carl(), head_for(bert()) + secret))), HasSubstr("another key"));
  // The same made by Anna's key opens: so it is the signature that decides above.
  EXPECT_EQ(open_as_annas(signed_by(anna(), head_for(bert()) + secret)), secret);
  std::string changed = signed_by(anna(), head_for(bert()) + secret);
  changed[changed.find("Tr0ub4dor")] = 'X';
  EXPECT_THAT(refused(open_as_annas(changed)), HasSubstr("does not fit its content"));
}

TEST(Cms, WhatWasWrittenForOneCannotBePassedOnToAnother) {
  const auto passed_on = enveloped_for_bert(signed_by(anna(), head_for(carl()) + secret));
  EXPECT_THAT(refused(open(passed_on, bert(), anna().certificate_pem(), key_time)), HasSubstr("for somebody else"));
}

TEST(Cms, ExpiredCertificatesAreRefused) {
  const UnixMillis later = key_time + 2 * one_day;
  EXPECT_THAT(refused(seal(secret, anna(), carl().certificate_pem(), later)), HasSubstr("member-carl has expired"));
  EXPECT_THAT(refused(seal(secret, carl(), anna().certificate_pem(), later)), HasSubstr("member-carl has expired"));
  const auto from_carl = seal(secret, carl(), anna().certificate_pem(), key_time);
  const auto to_carl = seal(secret, anna(), carl().certificate_pem(), key_time);
  ASSERT_TRUE(from_carl && to_carl);
  EXPECT_EQ(open(*from_carl, anna(), carl().certificate_pem(), key_time), secret);
  EXPECT_THAT(refused(open(*from_carl, anna(), carl().certificate_pem(), later)), HasSubstr("member-carl has expired"));
  EXPECT_THAT(refused(open(*to_carl, carl(), anna().certificate_pem(), later)), HasSubstr("member-carl has expired"));
  EXPECT_THAT(refused(open(*to_carl, carl(), anna().certificate_pem(), key_time - 2 * one_day)),
              HasSubstr("not valid yet"));
}

TEST(Cms, WithoutACertificateNothingIsSealedOrOpened) {
  EXPECT_THAT(refused(seal(secret, anna(), "", key_time)), HasSubstr("published no certificate"));
  EXPECT_THAT(refused(seal(secret, anna(), "junk", key_time)), HasSubstr("no certificate in PEM form"));
  EXPECT_THAT(refused(open(sealed_for_bert(), bert(), "", key_time)), HasSubstr("published no certificate"));
}

TEST(Cms, TooLargeIsRefused) {
  const auto sealed = seal(std::string(largest_sealed_content + 1, 'x'), anna(), bert().certificate_pem(), key_time);
  ASSERT_FALSE(sealed);
  EXPECT_EQ(sealed.error().kind, ErrorKind::too_large);
  const auto opened =
      open(std::string(2 * largest_sealed_content + 1, 'A'), bert(), anna().certificate_pem(), key_time);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::too_large);
}

}  // namespace
}  // namespace qd::cluster
