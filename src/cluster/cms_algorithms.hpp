// Java's names of the algorithms of signatures and encryption, as OpenSSL has them.
#pragma once

#include <openssl/evp.h>
#include <string>
#include <vector>

namespace qd::cluster {

// nullptr: there is no algorithm of this name here.
const EVP_MD* signature_digest(const std::string& name);        // "SHA256withRSA"
const EVP_CIPHER* content_encryption(const std::string& name);  // "AES128_CBC"

std::vector<std::string> signature_algorithms();
std::vector<std::string> encryption_algorithms();

}  // namespace qd::cluster
