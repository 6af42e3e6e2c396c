#include "cluster/cms_algorithms.hpp"

#include <array>

namespace qd::cluster {
namespace {

template <class Algorithm>
struct NamedAlgorithm {
  const char* name;
  const Algorithm* (*get)();
};

constexpr std::array<NamedAlgorithm<EVP_MD>, 11> digests{{
    {"SHA1withRSA", EVP_sha1},
    {"SHA224withRSA", EVP_sha224},
    {"SHA256withRSA", EVP_sha256},
    {"SHA384withRSA", EVP_sha384},
    {"SHA512withRSA", EVP_sha512},
    {"SHA512/224withRSA", EVP_sha512_224},
    {"SHA512/256withRSA", EVP_sha512_256},
    {"SHA3-224withRSA", EVP_sha3_224},
    {"SHA3-256withRSA", EVP_sha3_256},
    {"SHA3-384withRSA", EVP_sha3_384},
    {"SHA3-512withRSA", EVP_sha3_512},
}};

constexpr std::array<NamedAlgorithm<EVP_CIPHER>, 10> ciphers{{
    {"AES128_CBC", EVP_aes_128_cbc},
    {"AES192_CBC", EVP_aes_192_cbc},
    {"AES256_CBC", EVP_aes_256_cbc},
    {"AES128_GCM", EVP_aes_128_gcm},
    {"AES192_GCM", EVP_aes_192_gcm},
    {"AES256_GCM", EVP_aes_256_gcm},
    {"CAMELLIA128_CBC", EVP_camellia_128_cbc},
    {"CAMELLIA192_CBC", EVP_camellia_192_cbc},
    {"CAMELLIA256_CBC", EVP_camellia_256_cbc},
    {"DES_EDE3_CBC", EVP_des_ede3_cbc},
}};

template <class Table>
auto find_algorithm(const Table& table, const std::string& name) -> decltype(table[0].get()) {
  for (const auto& row : table) {
    if (name == row.name) return row.get();
  }
  return nullptr;
}

template <class Table>
std::vector<std::string> names_of_algorithms(const Table& table) {
  std::vector<std::string> names;
  for (const auto& row : table) names.emplace_back(row.name);
  return names;
}

}  // namespace

const EVP_MD* signature_digest(const std::string& name) {
  return find_algorithm(digests, name);
}
const EVP_CIPHER* content_encryption(const std::string& name) {
  return find_algorithm(ciphers, name);
}
std::vector<std::string> signature_algorithms() {
  return names_of_algorithms(digests);
}
std::vector<std::string> encryption_algorithms() {
  return names_of_algorithms(ciphers);
}

}  // namespace qd::cluster
