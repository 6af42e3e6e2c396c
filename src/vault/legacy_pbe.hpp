// Reads what the peer's `jasypt-encryption` wrote: salt, then ciphertext of a password-based encryption.
//
// The algorithms are those of Java: PBEWithMD5AndDES and PBEWithSHA1AndDES are PBES1 of PKCS #5 (RFC 8018),
// PBEWithMD5AndTripleDES is Sun's own variant of it, the others take the key derivation of PKCS #12.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace qd::vault {

struct LegacyPbe {
  std::string algorithm;  // as Java names it, in any case
  std::string password;
  int iterations = 1000;
};

// `invalid` for an algorithm that is not known; the message names those that are.
Result<> check_algorithm(const std::string& algorithm);

// `unavailable` when password or algorithm are others than those it was written with.
Result<std::string> legacy_decrypt(const LegacyPbe& settings, std::string_view sealed);

}  // namespace qd::vault
