#include "vault/cipher.hpp"

#include <array>
#include <memory>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <stdexcept>
#include <vector>

namespace qd::vault {
namespace {

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}
int size_of(std::string_view text) {
  return static_cast<int>(text.size());
}

void must(bool done, const char* what) {
  if (!done) throw std::runtime_error(std::string("OpenSSL refused ") + what);
}

CipherContext new_context() {
  CipherContext context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  must(context != nullptr, "a cipher");
  return context;
}

void must_fit(std::string_view key, std::string_view nonce) {
  must(key.size() == kAesKey && nonce.size() == kGcmNonce, "a key or nonce of this size");
}

// UTF-16, big-endian, with two zero bytes at the end, as PKCS #12 wants passwords; ASCII letters only need no more.
std::string bmp_string(std::string_view utf8) {
  int size = 0;
  unsigned char* text = OPENSSL_utf82uni(utf8.data(), size_of(utf8), nullptr, &size);
  must(text != nullptr, "a password that is no UTF-8");
  std::string result(reinterpret_cast<char*>(text), static_cast<std::size_t>(size));
  OPENSSL_clear_free(text, static_cast<std::size_t>(size));
  return result;
}

}  // namespace

std::string random_bytes(std::size_t count) {
  std::string random(count, '\0');
  must(RAND_bytes(bytes(random), static_cast<int>(count)) == 1, "random bytes");
  return random;
}

void wipe(std::string& secret) noexcept {
  OPENSSL_cleanse(secret.data(), secret.size());
  secret.clear();
}

std::string from_hex(std::string_view digits) {
  const auto value = [](char letter) { return letter <= '9' ? letter - '0' : (letter | 0x20) - 'a' + 10; };
  std::string result;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    result += static_cast<char>(value(digits[i]) << 4 | value(digits[i + 1]));
  }
  return result;
}

std::string gcm_encrypt(std::string_view key, std::string_view nonce, std::string_view bound, std::string_view plain) {
  must_fit(key, nonce);
  const auto context = new_context();
  std::string sealed(plain.size() + kGcmTag, '\0');
  int written = 0, rest = 0;
  const bool done =
      EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes(key), bytes(nonce)) == 1 &&
      EVP_EncryptUpdate(context.get(), nullptr, &rest, bytes(bound), size_of(bound)) == 1 &&
      EVP_EncryptUpdate(context.get(), bytes(sealed), &written, bytes(plain), size_of(plain)) == 1 &&
      EVP_EncryptFinal_ex(context.get(), bytes(sealed) + written, &rest) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kGcmTag, bytes(sealed) + plain.size()) == 1;
  must(done, "to encrypt");
  return sealed;
}

Result<std::string> gcm_decrypt(std::string_view key, std::string_view nonce, std::string_view bound,
                                std::string_view sealed) {
  must_fit(key, nonce);
  const auto wrong = [] { return fail(ErrorKind::unavailable, "it was sealed with another key, or changed since"); };
  if (sealed.size() < kGcmTag) return wrong();
  const auto context = new_context();
  const auto text = sealed.substr(0, sealed.size() - kGcmTag);
  std::string tag(sealed.substr(text.size()));
  std::string plain(text.size() + 1, '\0');  // never empty, so that there is an address to write to
  int written = 0, rest = 0;
  const bool done = EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes(key), bytes(nonce)) == 1 &&
                    EVP_DecryptUpdate(context.get(), nullptr, &rest, bytes(bound), size_of(bound)) == 1 &&
                    EVP_DecryptUpdate(context.get(), bytes(plain), &written, bytes(text), size_of(text)) == 1 &&
                    EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kGcmTag, tag.data()) == 1 &&
                    EVP_DecryptFinal_ex(context.get(), bytes(plain) + written, &rest) == 1;
  if (!done) return wrong();
  plain.resize(text.size());
  return plain;
}

std::string scrypt_key(std::string_view password, std::string_view salt) {
  constexpr std::uint64_t n = 1u << 15, r = 8, p = 1, most_memory = 64u << 20;
  std::string key(kAesKey, '\0');
  must(EVP_PBE_scrypt(password.data(), password.size(), bytes(salt), salt.size(), n, r, p, most_memory, bytes(key),
                      key.size()) == 1,
       "to derive a key");
  return key;
}

std::string pbkdf2_sha256(std::string_view password, std::string_view salt, int iterations, std::size_t size) {
  std::string key(size, '\0');
  must(PKCS5_PBKDF2_HMAC(password.data(), size_of(password), bytes(salt), size_of(salt), iterations, EVP_sha256(),
                         static_cast<int>(size), bytes(key)) == 1,
       "to derive a key");
  return key;
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> result{};
  unsigned size = 0;
  must(HMAC(EVP_sha256(), key.data(), size_of(key), bytes(text), text.size(), result.data(), &size) != nullptr,
       "an HMAC");
  return {reinterpret_cast<char*>(result.data()), size};
}

std::string digest(const char* name, std::string_view data) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> result{};
  std::size_t size = 0;
  must(EVP_Q_digest(nullptr, name, nullptr, data.data(), data.size(), result.data(), &size) == 1, name);
  return {reinterpret_cast<char*>(result.data()), size};
}

Result<std::string> pkcs12_key(const char* digest_name, std::string_view utf8_password, std::string_view salt,
                               int iterations, int id, std::size_t size) {
  const EVP_MD* kind = EVP_get_digestbyname(digest_name);
  must(kind != nullptr, digest_name);
  std::string password = bmp_string(utf8_password);
  std::string salt_copy(salt);
  std::string key(size, '\0');
  const int done = PKCS12_key_gen_uni(bytes(password), size_of(password), bytes(salt_copy), size_of(salt_copy), id,
                                      iterations, static_cast<int>(size), bytes(key), kind);
  wipe(password);
  if (done != 1) return fail(ErrorKind::unavailable, "no key could be derived from the password");
  return key;
}

Result<std::string> cbc_decrypt(const char* cipher, std::string_view key, std::string_view iv,
                                std::string_view sealed) {
  const EVP_CIPHER* kind = EVP_get_cipherbyname(cipher);
  must(kind != nullptr && EVP_CIPHER_get_key_length(kind) == size_of(key) &&
           EVP_CIPHER_get_iv_length(kind) == size_of(iv),
       cipher);
  const auto context = new_context();
  std::string plain(sealed.size() + EVP_MAX_BLOCK_LENGTH, '\0');
  int written = 0, rest = 0;
  const bool done = EVP_DecryptInit_ex(context.get(), kind, nullptr, bytes(key), bytes(iv)) == 1 &&
                    EVP_DecryptUpdate(context.get(), bytes(plain), &written, bytes(sealed), size_of(sealed)) == 1 &&
                    EVP_DecryptFinal_ex(context.get(), bytes(plain) + written, &rest) == 1;
  if (!done) return fail(ErrorKind::unavailable, "it was sealed with another password or algorithm");
  plain.resize(static_cast<std::size_t>(written + rest));
  return plain;
}

}  // namespace qd::vault
