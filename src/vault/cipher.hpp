// The few functions of OpenSSL that the vault is made of. Bytes are std::string; errors hold nothing secret.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace qd::vault {

std::string random_bytes(std::size_t count);
void wipe(std::string& secret) noexcept;        // overwrites it, and makes it empty
std::string from_hex(std::string_view digits);  // of an even number of hexadecimal digits

inline constexpr std::size_t kGcmNonce = 12, kGcmTag = 16, kAesKey = 32;
// AES-256-GCM: the ciphertext and its tag. `bound` is authenticated with it.
std::string gcm_encrypt(std::string_view key, std::string_view nonce, std::string_view bound, std::string_view plain);
// Error: wrong key, or something was changed.
Result<std::string> gcm_decrypt(std::string_view key, std::string_view nonce, std::string_view bound,
                                std::string_view sealed);

// 32 bytes by scrypt with N = 2^15, r = 8, p = 1: a tenth of a second and 32 MiB.
std::string scrypt_key(std::string_view password, std::string_view salt);
std::string pbkdf2_sha256(std::string_view password, std::string_view salt, int iterations, std::size_t size);
std::string hmac_sha256(std::string_view key, std::string_view text);
std::string digest(const char* name, std::string_view data);  // "MD5", "SHA1", "SHA256"

// The key derivation of PKCS #12 (RFC 7292, appendix B); `id` 1 is for keys, 2 for initialisation vectors.
Result<std::string> pkcs12_key(const char* digest_name, std::string_view utf8_password, std::string_view salt,
                               int iterations, int id, std::size_t size);

// CBC with PKCS #5 padding; `cipher` as OpenSSL names it: "AES-128-CBC", "DES-EDE3-CBC".
Result<std::string> cbc_decrypt(const char* cipher, std::string_view key, std::string_view iv, std::string_view sealed);

}  // namespace qd::vault
