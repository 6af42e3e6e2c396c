#include "auth/ldap_password.hpp"

#include <array>
#include <openssl/evp.h>
#include <string>

#include "auth/password.hpp"
#include "base/id.hpp"
#include "base/text.hpp"

namespace qd::auth {
namespace {

struct DigestScheme {
  std::string_view name;
  const EVP_MD* (*digest)();
  bool salted;
};

constexpr std::array<DigestScheme, 8> digest_schemes{{{"md5", EVP_md5, false},
                                                      {"smd5", EVP_md5, true},
                                                      {"sha", EVP_sha1, false},
                                                      {"ssha", EVP_sha1, true},
                                                      {"sha256", EVP_sha256, false},
                                                      {"ssha256", EVP_sha256, true},
                                                      {"sha512", EVP_sha512, false},
                                                      {"ssha512", EVP_sha512, true}}};

// The base64 text holds the digest of password and salt, then the salt.
bool digest_matches(const DigestScheme& scheme, std::string_view text, std::string_view given) {
  const auto bytes = base::base64_decode(text);
  const auto length = static_cast<std::size_t>(EVP_MD_get_size(scheme.digest()));
  if (!bytes || bytes->size() < length || (!scheme.salted && bytes->size() != length)) return false;
  const std::string salted = std::string(given) + bytes->substr(length);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int made = 0;
  if (EVP_Digest(salted.data(), salted.size(), digest.data(), &made, scheme.digest(), nullptr) != 1) return false;
  return base::constant_time_equal(std::string_view(reinterpret_cast<const char*>(digest.data()), made),
                                   std::string_view(*bytes).substr(0, length));
}

}  // namespace

std::optional<bool> verify_ldap_password(std::string_view stored, std::string_view given) {
  if (given.size() > longest_password) return false;
  if (!stored.starts_with('{')) return verify_password(stored, given);
  const std::size_t end = stored.find('}');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string scheme = base::lower(stored.substr(1, end - 1));
  const std::string_view text = stored.substr(end + 1);
  for (const auto& known : digest_schemes) {
    if (scheme == known.name) return digest_matches(known, text, given);
  }
  if (scheme == "crypt") return verify_password("CRYPT:" + std::string(text), given);
  if (scheme == "bcrypt") return verify_password("BCRYPT:" + std::string(text), given);
  return std::nullopt;
}

}  // namespace qd::auth
