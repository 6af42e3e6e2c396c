#include "vault/legacy_pbe.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "vault/cipher.hpp"

namespace qd::vault {
namespace {

enum class Scheme { pbes1, sun_triple_des, pkcs12 };

struct Algorithm {
  std::string_view name;  // lower case
  Scheme scheme;
  const char* digest;
  const char* cipher;
  std::size_t key_size, block_size;  // the salt has the size of a block
};

// Single DES is triple DES with one key three times, which OpenSSL has without its provider of old algorithms.
constexpr std::array<Algorithm, 12> kAlgorithms{{
    {"pbewithmd5anddes", Scheme::pbes1, "MD5", "DES-EDE3-CBC", 8, 8},
    {"pbewithsha1anddes", Scheme::pbes1, "SHA1", "DES-EDE3-CBC", 8, 8},
    {"pbewithmd5andtripledes", Scheme::sun_triple_des, "MD5", "DES-EDE3-CBC", 24, 8},
    {"pbewithsha1anddesede", Scheme::pkcs12, "SHA1", "DES-EDE3-CBC", 24, 8},
    {"pbewithshaand3-keytripledes-cbc", Scheme::pkcs12, "SHA1", "DES-EDE3-CBC", 24, 8},
    {"pbewithshaand2-keytripledes-cbc", Scheme::pkcs12, "SHA1", "DES-EDE3-CBC", 16, 8},
    {"pbewithshaand128bitaes-cbc-bc", Scheme::pkcs12, "SHA1", "AES-128-CBC", 16, 16},
    {"pbewithshaand192bitaes-cbc-bc", Scheme::pkcs12, "SHA1", "AES-192-CBC", 24, 16},
    {"pbewithshaand256bitaes-cbc-bc", Scheme::pkcs12, "SHA1", "AES-256-CBC", 32, 16},
    {"pbewithsha256and128bitaes-cbc-bc", Scheme::pkcs12, "SHA256", "AES-128-CBC", 16, 16},
    {"pbewithsha256and192bitaes-cbc-bc", Scheme::pkcs12, "SHA256", "AES-192-CBC", 24, 16},
    {"pbewithsha256and256bitaes-cbc-bc", Scheme::pkcs12, "SHA256", "AES-256-CBC", 32, 16},
}};

const Algorithm* find_algorithm(const std::string& name) {
  const auto wanted = base::lower(name);
  const auto* found = std::find_if(kAlgorithms.begin(), kAlgorithms.end(),
                                   [&](const Algorithm& algorithm) { return algorithm.name == wanted; });
  return found == kAlgorithms.end() ? nullptr : found;
}

struct KeyAndIv {
  std::string key, iv;
};

KeyAndIv pbes1(const Algorithm& algorithm, const LegacyPbe& settings, std::string_view salt) {
  std::string hash = settings.password + std::string(salt);
  for (int i = 0; i < settings.iterations; ++i) hash = digest(algorithm.digest, hash);
  return {hash.substr(0, 8), hash.substr(8, 8)};
}

// Each half of the salt is hashed with the password again and again; both results together are key and vector.
KeyAndIv sun_triple_des(const Algorithm& algorithm, const LegacyPbe& settings, std::string_view salt) {
  std::string first(salt.substr(0, 4)), second(salt.substr(4));
  if (first == second) std::reverse(first.begin(), first.end());
  std::string both;
  for (std::string hash : {first, second}) {
    for (int i = 0; i < settings.iterations; ++i) hash = digest(algorithm.digest, hash + settings.password);
    both += hash;
  }
  return {both.substr(0, 24), both.substr(24, 8)};
}

Result<KeyAndIv> pkcs12(const Algorithm& algorithm, const LegacyPbe& settings, std::string_view salt) {
  auto key = pkcs12_key(algorithm.digest, settings.password, salt, settings.iterations, 1, algorithm.key_size);
  if (!key) return fail(key.error());
  auto iv = pkcs12_key(algorithm.digest, settings.password, salt, settings.iterations, 2, algorithm.block_size);
  if (!iv) return fail(iv.error());
  return KeyAndIv{std::move(*key), std::move(*iv)};
}

Result<KeyAndIv> derive(const Algorithm& algorithm, const LegacyPbe& settings, std::string_view salt) {
  switch (algorithm.scheme) {
    case Scheme::pbes1:
      return pbes1(algorithm, settings, salt);
    case Scheme::sun_triple_des:
      return sun_triple_des(algorithm, settings, salt);
    case Scheme::pkcs12:
      return pkcs12(algorithm, settings, salt);
  }
  return fail(ErrorKind::internal, "no such scheme");
}

// Of triple DES as many keys as there are: one, two (the first again at the end) or three.
std::string stretched(const Algorithm& algorithm, const std::string& key) {
  if (std::string_view(algorithm.cipher) != "DES-EDE3-CBC" || key.size() == 24) return key;
  if (key.size() == 16) return key + key.substr(0, 8);
  return key + key + key;
}

}  // namespace

Result<> check_algorithm(const std::string& algorithm) {
  if (find_algorithm(algorithm) != nullptr) return {};
  std::vector<std::string> names;
  for (const auto& known : kAlgorithms) names.emplace_back(known.name);
  return fail(ErrorKind::invalid,
              "the algorithm \"" + algorithm + "\" cannot be read here; those that can: " + base::join(names, ", "));
}

Result<std::string> legacy_decrypt(const LegacyPbe& settings, std::string_view sealed) {
  if (auto known = check_algorithm(settings.algorithm); !known) return fail(known.error());
  const Algorithm& algorithm = *find_algorithm(settings.algorithm);
  if (sealed.size() < 2 * algorithm.block_size || sealed.size() % algorithm.block_size != 0) {
    return fail(ErrorKind::unavailable, "it is too short, or not whole blocks of " + settings.algorithm);
  }
  const auto salt = sealed.substr(0, algorithm.block_size);
  auto derived = derive(algorithm, settings, salt);
  if (!derived) return fail(derived.error());
  std::string key = stretched(algorithm, derived->key);
  auto plain = cbc_decrypt(algorithm.cipher, key, derived->iv, sealed.substr(salt.size()));
  wipe(key);
  wipe(derived->key);
  return plain;
}

}  // namespace qd::vault
