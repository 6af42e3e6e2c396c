#include "auth/password.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <crypt.h>
#include <memory>
#include <openssl/evp.h>
#include <optional>
#include <semaphore>
#include <stdexcept>
#include <thread>

#include "base/id.hpp"
#include "base/text.hpp"

namespace qd::auth {
namespace {

constexpr std::size_t bcrypt_longest = 72;
constexpr int bcrypt_cost = 10;
constexpr int bcrypt_highest_cost = 16;  // 2^16 rounds are 4 s

enum class Kind { plain, obfuscated, md5, crypt, bcrypt };

struct Stored {
  Kind kind;
  std::string text;  // without the prefix
};

Stored split_stored(std::string_view stored) {
  constexpr std::array<std::pair<std::string_view, Kind>, 4> prefixes{{
      {"OBF:", Kind::obfuscated},
      {"MD5:", Kind::md5},
      {"CRYPT:", Kind::crypt},
      {"BCRYPT:", Kind::bcrypt},
  }};
  for (const auto& [prefix, kind] : prefixes) {
    if (stored.starts_with(prefix)) return {kind, std::string(stored.substr(prefix.size()))};
  }
  return {Kind::plain, std::string(stored)};
}

std::optional<int> base36(std::string_view digits) {
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 36);
  if (error != std::errc{} || end != digits.data() + digits.size() || value < 0) return std::nullopt;
  return value;
}

// Each byte is paired with its mirror image: four base-36 digits hold 256·(127+a+b) + (127+a−b); where one of the two
// is not ASCII, `U` and four digits hold 256·a + b.
std::optional<std::string> deobfuscate(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    const bool wide = text.front() == 'U' || text.front() == 'u';
    if (wide) text.remove_prefix(1);
    if (text.size() < 4) return std::nullopt;
    const auto pair = base36(text.substr(0, 4));
    if (!pair) return std::nullopt;
    text.remove_prefix(4);
    const int byte = wide ? *pair >> 8 : (*pair / 256 + *pair % 256 - 254) / 2;
    if (byte < 0 || byte > 255) return std::nullopt;
    plain += static_cast<char>(byte);
  }
  return plain;
}

std::string md5_hex(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_md5(), nullptr) != 1) {
    throw std::runtime_error("OpenSSL refuses MD5, which a stored password needs");
  }
  return base::hex({reinterpret_cast<const char*>(digest.data()), length});
}

// Digests first, so that the time tells nothing about the lengths either.
bool same_text(std::string_view a, std::string_view b) {
  return base::constant_time_equal(base::sha256_hex(a), base::sha256_hex(b));
}

// Whoever computes a hash holds a core for as long as it takes. One of this many at a time does, of all threads.
class HashPlace {
 public:
  HashPlace() { places().acquire(); }
  ~HashPlace() { places().release(); }
  HashPlace(const HashPlace&) = delete;
  HashPlace& operator=(const HashPlace&) = delete;

 private:
  static std::counting_semaphore<>& places() {
    static std::counting_semaphore<> all(static_cast<std::ptrdiff_t>(hashes_at_a_time()));
    return all;
  }
};

bool crypt_matches(const std::string& hash, std::string_view given) {
  if (given.find('\0') != std::string_view::npos) return false;
  const HashPlace place;
  auto scratch = std::make_unique<crypt_data>();
  const std::string phrase(given);
  const char* computed = crypt_r(phrase.c_str(), hash.c_str(), scratch.get());
  // A failed crypt_r answers a text that starts with '*', and so could a broken file.
  if (computed == nullptr || computed[0] == '*') return false;
  return base::constant_time_equal(computed, hash);
}

bool is_bcrypt(std::string_view hash) {
  return hash.size() == 60 && hash[0] == '$' && hash[1] == '2' && hash[3] == '$' && hash[6] == '$' &&
         std::string_view("aby").find(hash[2]) != std::string_view::npos;
}

int bcrypt_cost_of(std::string_view hash) {
  return is_bcrypt(hash) ? static_cast<int>(base::parse_int(hash.substr(4, 2)).value_or(99)) : 99;
}

long crypt_cost(const std::string& hash) {
  if (is_bcrypt(hash)) return 66L << std::clamp(bcrypt_cost_of(hash), 4, bcrypt_highest_cost);
  if (hash.starts_with("$5$") || hash.starts_with("$6$")) return 3'000;
  if (hash.starts_with("$1$")) return 300;
  return hash.starts_with("$") ? 70'000 : 50;
}

}  // namespace

std::size_t hashes_at_a_time() {
  return std::max(1U, std::thread::hardware_concurrency() / 2);
}

Result<void> check_stored_password(std::string_view stored) {
  const auto [kind, text] = split_stored(stored);
  switch (kind) {
    case Kind::plain:
      if (text.empty()) return fail(ErrorKind::invalid, "the password is empty");
      return {};
    case Kind::obfuscated:
      if (!deobfuscate(text)) return fail(ErrorKind::invalid, "the text after OBF: is not in Jetty's obfuscated form");
      return {};
    case Kind::md5:
      if (text.size() != 32 || text.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos) {
        return fail(ErrorKind::invalid, "MD5: must be followed by 32 hexadecimal digits");
      }
      return {};
    case Kind::bcrypt:
      if (!is_bcrypt(text)) {
        return fail(ErrorKind::invalid, "BCRYPT: must be followed by a hash of 60 characters like $2a$10$…");
      }
      if (bcrypt_cost_of(text) > bcrypt_highest_cost) {
        return fail(ErrorKind::invalid, "the cost of this BCRYPT: hash is higher than 16");
      }
      [[fallthrough]];
    case Kind::crypt:
      if (const int verdict = crypt_checksalt(text.c_str());
          text.size() < 13 || verdict == CRYPT_SALT_INVALID || verdict == CRYPT_SALT_METHOD_DISABLED) {
        return fail(ErrorKind::invalid, "this is no hash that crypt(3) of this system can compute");
      }
      return {};
  }
  return {};
}

bool verify_password(std::string_view stored, std::string_view given) {
  if (given.size() > longest_password || !check_stored_password(stored)) return false;
  const auto [kind, text] = split_stored(stored);
  switch (kind) {
    case Kind::plain:
      return same_text(text, given);
    case Kind::obfuscated:
      return same_text(deobfuscate(text).value_or(""), given);
    case Kind::md5:
      return base::constant_time_equal(base::lower(text), md5_hex(given));
    case Kind::crypt:
    case Kind::bcrypt:
      return crypt_matches(text, given);
  }
  return false;
}

long password_cost(std::string_view stored) {
  const auto [kind, text] = split_stored(stored);
  return kind == Kind::crypt || kind == Kind::bcrypt ? crypt_cost(text) : 1;
}

std::string make_bcrypt(std::string_view plain) {
  if (plain.size() > bcrypt_longest || plain.find('\0') != std::string_view::npos) {
    throw std::invalid_argument("a password for bcrypt has at most 72 bytes and no NUL");
  }
  std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> salt{};
  if (crypt_gensalt_rn("$2a$", bcrypt_cost, nullptr, 0, salt.data(), static_cast<int>(salt.size())) == nullptr) {
    throw std::runtime_error("crypt(3) of this system makes no bcrypt salts");
  }
  const HashPlace place;
  auto scratch = std::make_unique<crypt_data>();
  const char* hash = crypt_r(std::string(plain).c_str(), salt.data(), scratch.get());
  if (hash == nullptr || hash[0] == '*') throw std::runtime_error("crypt(3) of this system computes no bcrypt");
  return "BCRYPT:" + std::string(hash);
}

}  // namespace qd::auth
