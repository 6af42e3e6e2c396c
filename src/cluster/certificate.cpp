#include "cluster/certificate.hpp"

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <utility>

#include "base/id.hpp"
#include "cluster/certificate_openssl.hpp"
#include "cluster/cms_algorithms.hpp"

namespace qd::cluster {
namespace {

constexpr std::int64_t day = 24 * 60 * 60;  // seconds
constexpr int serial_bits = 127;            // of at most 20 bytes, and positive

std::string common_name(X509* certificate) {
  X509_NAME* name = X509_get_subject_name(certificate);
  const int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
  if (at < 0) return "";
  unsigned char* utf8 = nullptr;
  const int length = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
  if (length < 0) return "";
  std::string text(reinterpret_cast<char*>(utf8), static_cast<std::size_t>(length));
  OPENSSL_free(utf8);
  return text;
}

std::string fingerprint_of(X509* certificate) {
  const auto der = openssl::new_buffer();
  return i2d_X509_bio(der.get(), certificate) == 1 ? base::sha256_hex(openssl::text_of(der)) : "";
}

bool set_random_serial(X509* certificate) {
  const openssl::BigNumber number(BN_new());
  return number && BN_rand(number.get(), serial_bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_names(X509* certificate, const std::string& uuid) {
  X509_NAME* name = X509_get_subject_name(certificate);
  return X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(uuid.data()), static_cast<int>(uuid.size()),
                                    -1, 0) == 1 &&
         X509_set_issuer_name(certificate, name) == 1;
}

// nullptr when OpenSSL refuses something.
openssl::Certificate self_signed(EVP_PKEY* key, const std::string& uuid, const EVP_MD* digest, std::int64_t now,
                                 std::int64_t expires) {
  openssl::Certificate certificate(X509_new());
  X509* x509 = certificate.get();
  const bool made = x509 != nullptr && X509_set_version(x509, X509_VERSION_3) == 1 && set_random_serial(x509) &&
                    ASN1_TIME_set(X509_getm_notBefore(x509), now - day) != nullptr &&
                    ASN1_TIME_set(X509_getm_notAfter(x509), expires) != nullptr && set_names(x509, uuid) &&
                    X509_set_pubkey(x509, key) == 1 && X509_sign(x509, key, digest) > 0;
  if (!made) certificate.reset();
  return certificate;
}

}  // namespace

Result<MemberCertificate> MemberCertificate::read(const std::string& pem) {
  if (pem.empty()) return fail(ErrorKind::unauthenticated, "The member has published no certificate.");
  const auto buffer = openssl::read_buffer(pem);
  MemberCertificate read;
  read.handle_.reset(PEM_read_bio_X509(buffer.get(), nullptr, nullptr, nullptr), X509_free);
  if (!read.handle_) {
    return fail(ErrorKind::invalid, "The published text is no certificate in PEM form" + openssl::take_reason() + ".");
  }
  EVP_PKEY* key = X509_get0_pubkey(read.handle());
  if (key == nullptr || EVP_PKEY_is_a(key, "RSA") != 1) {
    openssl::take_reason();
    return fail(ErrorKind::invalid, "The published certificate holds no RSA key.");
  }
  read.uuid_ = common_name(read.handle());
  read.fingerprint_ = fingerprint_of(read.handle());
  if (read.fingerprint_.empty()) {
    return fail(ErrorKind::internal, "The certificate has no fingerprint" + openssl::take_reason() + ".");
  }
  return read;
}

Result<void> MemberCertificate::check_valid(UnixMillis now) const {
  const std::time_t seconds = now / 1000;
  const auto refused = [&](const char* what) {
    return fail(ErrorKind::unauthenticated,
                "The certificate of member " + uuid_ + what + " (it is judged at " + iso8601(now) + ").");
  };
  if (ASN1_TIME_cmp_time_t(X509_get0_notBefore(handle()), seconds) > 0) return refused(" is not valid yet");
  if (ASN1_TIME_cmp_time_t(X509_get0_notAfter(handle()), seconds) < 0) return refused(" has expired");
  return {};
}

MemberKeys::MemberKeys(std::shared_ptr<evp_pkey_st> key, MemberCertificate certificate, std::string pem,
                       UnixMillis expires, MessagingConfig config)
    : key_(std::move(key)),
      certificate_(std::move(certificate)),
      pem_(std::move(pem)),
      expires_(expires),
      config_(std::move(config)) {}

Result<MemberKeys> MemberKeys::make(const std::string& uuid, const MessagingConfig& config, UnixMillis now) {
  const EVP_MD* digest = signature_digest(config.signature_algorithm);
  if (digest == nullptr || content_encryption(config.encryption_algorithm) == nullptr) {
    return fail(ErrorKind::invalid, "The algorithms " + config.signature_algorithm + " and " +
                                        config.encryption_algorithm + " do not both exist here.");
  }
  const auto refused = [&](const std::string& what) {
    return fail(ErrorKind::internal, what + " cannot be made for member " + uuid + openssl::take_reason() + ".");
  };
  std::shared_ptr<evp_pkey_st> key(EVP_RSA_gen(static_cast<unsigned>(config.key_size)), EVP_PKEY_free);
  if (!key) return refused("An RSA key of " + std::to_string(config.key_size) + " bits");

  const std::int64_t expires = now / 1000 + config.cert_validity_days * day;
  const auto signed_by_itself = self_signed(key.get(), uuid, digest, now / 1000, expires);
  const auto pem = openssl::new_buffer();
  if (!signed_by_itself || PEM_write_bio_X509(pem.get(), signed_by_itself.get()) != 1) return refused("A certificate");
  auto certificate = MemberCertificate::read(openssl::text_of(pem));
  if (!certificate) return fail(certificate.error());
  return MemberKeys(std::move(key), std::move(*certificate), openssl::text_of(pem), expires * 1000, config);
}

}  // namespace qd::cluster
