#include "cluster/cms.hpp"

#include <openssl/rsa.h>
#include <optional>

#include "base/text.hpp"
#include "cluster/certificate_openssl.hpp"
#include "cluster/cms_algorithms.hpp"

namespace qd::cluster {
namespace {

// The first line of what is signed. It differs from that of requests: neither can pass for the other.
std::string sealed_head(const MemberCertificate& recipient) {
  return "quarterdeck-message-1 " + recipient.fingerprint() + "\n";
}

auto distrust(const std::string& what) {
  return fail(ErrorKind::unauthenticated, "The message " + what + openssl::take_reason() + ".");
}

Result<std::string> to_der(CMS_ContentInfo* cms) {
  const auto der = openssl::new_buffer();
  if (i2d_CMS_bio(der.get(), cms) != 1) {
    return fail(ErrorKind::internal, "The message cannot be written" + openssl::take_reason() + ".");
  }
  return openssl::text_of(der);
}

// nullptr for anything but exactly one CMS structure.
openssl::Cms from_der(const std::string& der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const auto* end = at + der.size();
  openssl::Cms cms(d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(der.size())));
  if (at != end) cms.reset();
  return cms;
}

// Without signed attributes, which would hold this machine's idea of the time.
Result<std::string> sign_content(const std::string& content, const MemberKeys& sender) {
  constexpr unsigned flags = CMS_BINARY | CMS_NOCERTS | CMS_NOATTR | CMS_PARTIAL;
  const auto data = openssl::read_buffer(content);
  const openssl::Cms cms(CMS_sign(nullptr, nullptr, nullptr, nullptr, flags));
  const bool made = cms &&
                    CMS_add1_signer(cms.get(), sender.certificate().handle(), sender.handle(),
                                    signature_digest(sender.config().signature_algorithm), flags) != nullptr &&
                    CMS_final(cms.get(), data.get(), nullptr, flags) == 1;
  if (!made) return fail(ErrorKind::internal, "The message cannot be signed" + openssl::take_reason() + ".");
  return to_der(cms.get());
}

Result<std::string> encrypt_for(const std::string& content, const MemberCertificate& recipient,
                                const EVP_CIPHER* cipher) {
  constexpr unsigned flags = CMS_BINARY | CMS_PARTIAL;
  const auto data = openssl::read_buffer(content);
  const openssl::Cms cms(CMS_encrypt(nullptr, nullptr, cipher, flags));
  CMS_RecipientInfo* info =
      cms ? CMS_add1_recipient_cert(cms.get(), recipient.handle(), flags | CMS_KEY_PARAM) : nullptr;
  EVP_PKEY_CTX* wrapping = info == nullptr ? nullptr : CMS_RecipientInfo_get0_pkey_ctx(info);
  const bool made = wrapping != nullptr && EVP_PKEY_CTX_set_rsa_padding(wrapping, RSA_PKCS1_OAEP_PADDING) == 1 &&
                    CMS_final(cms.get(), data.get(), nullptr, flags) == 1;
  if (!made) return fail(ErrorKind::internal, "The message cannot be encrypted" + openssl::take_reason() + ".");
  return to_der(cms.get());
}

bool is_for(CMS_ContentInfo* cms, const MemberCertificate& recipient) {
  STACK_OF(CMS_RecipientInfo)* infos = CMS_get0_RecipientInfos(cms);
  for (int i = 0; i < sk_CMS_RecipientInfo_num(infos); ++i) {
    CMS_RecipientInfo* info = sk_CMS_RecipientInfo_value(infos, i);
    if (CMS_RecipientInfo_type(info) == CMS_RECIPINFO_TRANS &&
        CMS_RecipientInfo_ktri_cert_cmp(info, recipient.handle()) == 0) {
      return true;
    }
  }
  return false;
}

Result<std::string> decrypt(const std::string& der, const MemberKeys& recipient) {
  const auto cms = from_der(der);
  const int type = cms ? OBJ_obj2nid(CMS_get0_type(cms.get())) : NID_undef;
  if (type != NID_pkcs7_enveloped && type != NID_id_smime_ct_authEnvelopedData) return distrust("is not in CMS form");
  if (!is_for(cms.get(), recipient.certificate())) {
    return distrust("was encrypted for other keys than those that member " + recipient.certificate().uuid() +
                    " has now");
  }
  const auto plain = openssl::new_buffer();
  if (CMS_decrypt_set1_pkey(cms.get(), recipient.handle(), recipient.certificate().handle()) != 1 ||
      CMS_decrypt(cms.get(), nullptr, nullptr, nullptr, plain.get(), CMS_BINARY) != 1) {
    return distrust("cannot be decrypted: it was changed on its way");
  }
  return openssl::text_of(plain);
}

Result<std::string> verify_signer(const std::string& der, const MemberCertificate& sender) {
  const auto cms = from_der(der);
  if (!cms || OBJ_obj2nid(CMS_get0_type(cms.get())) != NID_pkcs7_signed) return distrust("is not signed");
  // CMS_verify is content with no signer at all.
  STACK_OF(CMS_SignerInfo)* signers = CMS_get0_SignerInfos(cms.get());
  if (sk_CMS_SignerInfo_num(signers) != 1) return distrust("must have one signature");
  if (CMS_SignerInfo_cert_cmp(sk_CMS_SignerInfo_value(signers, 0), sender.handle()) != 0) {
    return distrust("was signed with another key than that of member " + sender.uuid());
  }
  // The list borrows the certificate.
  const std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509)*)> certificates(
      sk_X509_new_null(), [](STACK_OF(X509) * list) { sk_X509_free(list); });
  sk_X509_push(certificates.get(), sender.handle());
  const auto content = openssl::new_buffer();
  if (CMS_verify(cms.get(), certificates.get(), nullptr, nullptr, content.get(),
                 CMS_BINARY | CMS_NOINTERN | CMS_NO_SIGNER_CERT_VERIFY) != 1) {
    return distrust("has a signature of member " + sender.uuid() + " that does not fit its content");
  }
  return openssl::text_of(content);
}

}  // namespace

Result<std::string> seal(std::string_view plain, const MemberKeys& sender, const std::string& recipient_certificate_pem,
                         UnixMillis now) {
  if (plain.size() > largest_sealed_content) return fail(ErrorKind::too_large, "The message is larger than 16 MiB.");
  const auto recipient = MemberCertificate::read(recipient_certificate_pem);
  if (!recipient) return fail(recipient.error());
  for (const auto* certificate : {&*recipient, &sender.certificate()}) {
    if (const auto valid = certificate->check_valid(now); !valid) return fail(valid.error());
  }
  const auto content = sign_content(sealed_head(*recipient).append(plain), sender);
  if (!content) return fail(content.error());
  auto der = encrypt_for(*content, *recipient, content_encryption(sender.config().encryption_algorithm));
  if (!der) return der;
  return base::base64(*der);
}

Result<std::string> open(std::string_view sealed, const MemberKeys& recipient,
                         const std::string& sender_certificate_pem, UnixMillis now) {
  if (sealed.size() > 2 * largest_sealed_content) return fail(ErrorKind::too_large, "The message is too large.");
  const auto sender = MemberCertificate::read(sender_certificate_pem);
  if (!sender) return fail(sender.error());
  for (const auto* certificate : {&*sender, &recipient.certificate()}) {
    if (const auto valid = certificate->check_valid(now); !valid) return fail(valid.error());
  }
  const auto der = base::base64_decode(sealed);
  if (!der) return distrust("is not base64");
  const auto content = decrypt(*der, recipient);
  if (!content) return fail(content.error());
  const auto verified = verify_signer(*content, *sender);
  if (!verified) return fail(verified.error());
  const std::string head = sealed_head(recipient.certificate());
  if (!verified->starts_with(head)) {
    return distrust("was written by member " + sender->uuid() + " for somebody else, who passed it on");
  }
  return verified->substr(head.size());
}

}  // namespace qd::cluster
