// OpenSSL's handles, freed at the end of their scope, and what it says went wrong. For the sources of this folder.
#pragma once

#include <memory>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string>
#include <string_view>

namespace qd::cluster::openssl {

template <auto Free>
struct Freed {
  void operator()(auto* handle) const { Free(handle); }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using BigNumber = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using Cms = std::unique_ptr<CMS_ContentInfo, Freed<CMS_ContentInfo_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;

Bio new_buffer();
// Reads `text` in place: it must live as long as the result.
Bio read_buffer(std::string_view text);
std::string text_of(const Bio& buffer);

// The reason of this thread's last failure, " (…)" or "", and forgets all of them.
std::string take_reason();

}  // namespace qd::cluster::openssl
