#include "auth/jwk.hpp"

#include <algorithm>
#include <array>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <optional>

#include "base/id.hpp"
#include "base/text.hpp"

namespace qd::auth {
namespace {

constexpr int kLeastRsaBits = 2048;
constexpr std::size_t kLeastSecret = 32;
constexpr std::size_t kMostKeys = 100;
constexpr std::size_t kLargestSet = 1u << 20;

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* held) const {
    Free(held);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using ParamBuild = std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;

enum class Family { rsa, pss, ec, ed25519, hmac };

struct Algorithm {
  std::string_view name;
  Family family;
  const EVP_MD* (*digest)();
  std::size_t field;  // bytes of a coordinate; of EC only
};

constexpr std::array<Algorithm, 13> kAlgorithms{{
    {"RS256", Family::rsa, EVP_sha256, 0},
    {"RS384", Family::rsa, EVP_sha384, 0},
    {"RS512", Family::rsa, EVP_sha512, 0},
    {"PS256", Family::pss, EVP_sha256, 0},
    {"PS384", Family::pss, EVP_sha384, 0},
    {"PS512", Family::pss, EVP_sha512, 0},
    {"ES256", Family::ec, EVP_sha256, 32},
    {"ES384", Family::ec, EVP_sha384, 48},
    {"ES512", Family::ec, EVP_sha512, 66},
    {"EdDSA", Family::ed25519, nullptr, 0},
    {"HS256", Family::hmac, EVP_sha256, 0},
    {"HS384", Family::hmac, EVP_sha384, 0},
    {"HS512", Family::hmac, EVP_sha512, 0},
}};

struct Curve {
  std::string_view name;
  const char* group;
  std::size_t field;
};

constexpr std::array<Curve, 3> kCurves{{
    {"P-256", "prime256v1", 32},
    {"P-384", "secp384r1", 48},
    {"P-521", "secp521r1", 66},
}};

const Algorithm* find_algorithm(std::string_view name) {
  const auto found =
      std::find_if(kAlgorithms.begin(), kAlgorithms.end(), [&](const Algorithm& one) { return one.name == name; });
  return found == kAlgorithms.end() ? nullptr : &*found;
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

tl::unexpected<Error> bad_key(const std::string& what) {
  ERR_clear_error();
  return fail(ErrorKind::invalid, what);
}

Result<std::string> member_bytes(const JsonObject& jwk, std::string_view name) {
  const auto bytes = base64url_decode(text_or(jwk, name));
  if (!bytes || bytes->empty()) return bad_key("its member \"" + std::string(name) + "\" is missing or no base64url");
  return *bytes;
}

Number number_of(std::string_view bytes) {
  return Number(BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr));
}

Key build(const char* type, OSSL_PARAM_BLD* parts) {
  const Params params(OSSL_PARAM_BLD_to_param(parts));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return nullptr;
  }
  return Key(key);
}

Result<Key> rsa_key(const JsonObject& jwk) {
  const auto modulus = member_bytes(jwk, "n");
  if (!modulus) return fail(modulus.error());
  const auto exponent = member_bytes(jwk, "e");
  if (!exponent) return fail(exponent.error());
  if (modulus->size() > 2048 || exponent->size() > 8) return bad_key("it is too large");
  const Number n = number_of(*modulus), e = number_of(*exponent);
  const ParamBuild parts(OSSL_PARAM_BLD_new());
  if (!n || !e || !parts || OSSL_PARAM_BLD_push_BN(parts.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(parts.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return bad_key("OpenSSL has no memory for it");
  }
  Key key = build("RSA", parts.get());
  if (!key) return bad_key("it is no RSA key");
  return key;
}

Result<Key> ec_key(const JsonObject& jwk) {
  const std::string name = text_or(jwk, "crv");
  const auto curve = std::find_if(kCurves.begin(), kCurves.end(), [&](const Curve& one) { return one.name == name; });
  if (curve == kCurves.end()) return bad_key("its curve \"" + name.substr(0, 20) + "\" is not known");
  const auto x = member_bytes(jwk, "x"), y = member_bytes(jwk, "y");
  if (!x || !y) return fail(x ? y.error() : x.error());
  if (x->size() != curve->field || y->size() != curve->field) return bad_key("its point has the wrong size");
  const std::string point = "\x04" + *x + *y;
  const ParamBuild parts(OSSL_PARAM_BLD_new());
  if (!parts || OSSL_PARAM_BLD_push_utf8_string(parts.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve->group, 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(parts.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1) {
    return bad_key("OpenSSL has no memory for it");
  }
  Key key = build("EC", parts.get());
  if (!key) return bad_key("its point is not on the curve");
  return key;
}

Result<Key> okp_key(const JsonObject& jwk) {
  if (text_or(jwk, "crv") != "Ed25519") return bad_key("its curve is not Ed25519");
  const auto x = member_bytes(jwk, "x");
  if (!x) return fail(x.error());
  Key key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(*x), x->size()));
  if (!key) return bad_key("it is no Ed25519 key");
  return key;
}

// JWS has r and s side by side, OpenSSL wants DER.
std::optional<std::string> der_of(std::string_view signature, std::size_t field) {
  if (signature.size() != 2 * field) return std::nullopt;
  Number r = number_of(signature.substr(0, field)), s = number_of(signature.substr(field));
  const Signature pair(ECDSA_SIG_new());
  if (!r || !s || !pair || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return std::nullopt;
  (void)r.release();
  (void)s.release();
  const int size = i2d_ECDSA_SIG(pair.get(), nullptr);
  if (size <= 0) return std::nullopt;
  std::string der(static_cast<std::size_t>(size), '\0');
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  i2d_ECDSA_SIG(pair.get(), &out);
  return der;
}

bool verify_hmac(const Algorithm& algorithm, const std::string& secret, std::string_view text,
                 std::string_view signature) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (HMAC(algorithm.digest(), secret.data(), static_cast<int>(secret.size()), bytes_of(text), text.size(),
           digest.data(), &size) == nullptr) {
    return false;
  }
  return base::constant_time_equal({reinterpret_cast<const char*>(digest.data()), size}, signature);
}

bool verify_public(const Algorithm& algorithm, EVP_PKEY* key, std::string_view text, std::string_view signature) {
  std::string der;
  if (algorithm.family == Family::ec) {
    auto made = der_of(signature, algorithm.field);
    if (!made) return false;
    der = std::move(*made);
    signature = der;
  }
  const DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* settings = nullptr;  // belongs to `context`
  const EVP_MD* digest = algorithm.digest == nullptr ? nullptr : algorithm.digest();
  if (!context || EVP_DigestVerifyInit(context.get(), &settings, digest, nullptr, key) != 1) return false;
  if (algorithm.family == Family::pss && (EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) != 1 ||
                                          EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST) != 1)) {
    return false;
  }
  return EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text), text.size()) == 1;
}

bool for_signatures(const JsonObject& jwk) {
  const std::string use = text_or(jwk, "use");
  if (!use.empty() && use != "sig") return false;
  const Json* operations = find(jwk, "key_ops");
  if (operations == nullptr || !operations->is_array()) return true;
  const JsonArray& names = operations->get_array();
  return std::any_of(names.begin(), names.end(),
                     [](const Json& one) { return one.is_string() && one.get_string() == "verify"; });
}

}  // namespace

struct Jwk::Material {
  Key key{};  // null: a secret
  std::string secret{};
  bool rsa = false, ed25519 = false;
  std::size_t field = 0;  // of EC
};

Result<Jwk> Jwk::from_json(const JsonObject& jwk) {
  if (!for_signatures(jwk)) return bad_key("it is not for signatures");
  const std::string kind = text_or(jwk, "kty");
  // A secret that a URL hands out is none.
  Result<Key> key = bad_key("its kind \"" + kind.substr(0, 20) + "\" is not known");
  if (kind == "RSA") key = rsa_key(jwk);
  if (kind == "EC") key = ec_key(jwk);
  if (kind == "OKP") key = okp_key(jwk);
  if (!key) return fail(key.error());
  auto material = std::make_shared<Material>();
  material->rsa = kind == "RSA";
  material->ed25519 = kind == "OKP";
  if (kind == "EC") material->field = base64url_decode(text_or(jwk, "x")).value_or("").size();
  if (material->rsa && EVP_PKEY_get_bits(key->get()) < kLeastRsaBits)
    return bad_key("an RSA key needs " + std::to_string(kLeastRsaBits) + " bits at least");
  material->key = std::move(*key);
  Jwk made(std::move(material));
  made.id_ = text_or(jwk, "kid");
  made.only_ = text_or(jwk, "alg");
  return made;
}

Result<Jwk> Jwk::from_pem(const std::string& pem) {
  const auto reader = [&] { return Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))); };
  Key key(PEM_read_bio_PUBKEY(reader().get(), nullptr, nullptr, nullptr));
  if (!key) {
    const Certificate certificate(PEM_read_bio_X509(reader().get(), nullptr, nullptr, nullptr));
    if (certificate) key.reset(X509_get_pubkey(certificate.get()));
  }
  if (!key) return bad_key("expected a public key or a certificate in PEM form");
  auto material = std::make_shared<Material>();
  material->rsa = EVP_PKEY_is_a(key.get(), "RSA") == 1;
  material->ed25519 = EVP_PKEY_is_a(key.get(), "ED25519") == 1;
  if (EVP_PKEY_is_a(key.get(), "EC") == 1) {
    std::array<char, 64> group{};
    std::size_t size = 0;
    EVP_PKEY_get_group_name(key.get(), group.data(), group.size(), &size);
    for (const Curve& curve : kCurves) {
      if (std::string_view(group.data(), size) == curve.group) material->field = curve.field;
    }
  }
  if (material->rsa && EVP_PKEY_get_bits(key.get()) < kLeastRsaBits)
    return bad_key("an RSA key needs " + std::to_string(kLeastRsaBits) + " bits at least");
  if (!material->rsa && !material->ed25519 && material->field == 0)
    return bad_key("expected an RSA key, one on P-256, P-384 or P-521, or an Ed25519 key");
  material->key = std::move(key);
  return Jwk(std::move(material));
}

Result<Jwk> Jwk::from_secret(std::string secret) {
  if (secret.size() < kLeastSecret)
    return bad_key("a shared key needs " + std::to_string(kLeastSecret) + " bytes at least");
  auto material = std::make_shared<Material>();
  material->secret = std::move(secret);
  return Jwk(std::move(material));
}

bool Jwk::fits(std::string_view name) const {
  const Algorithm* algorithm = find_algorithm(name);
  if (algorithm == nullptr || (!only_.empty() && only_ != name)) return false;
  switch (algorithm->family) {
    case Family::rsa:
    case Family::pss:
      return material_->rsa;
    case Family::ec:
      return material_->field == algorithm->field && material_->field != 0;
    case Family::ed25519:
      return material_->ed25519;
    case Family::hmac:
      return !material_->key && !material_->secret.empty();
  }
  return false;
}

bool Jwk::verifies(std::string_view name, std::string_view text, std::string_view signature) const {
  if (!fits(name)) return false;
  const Algorithm& algorithm = *find_algorithm(name);
  const bool right = algorithm.family == Family::hmac ? verify_hmac(algorithm, material_->secret, text, signature)
                                                      : verify_public(algorithm, material_->key.get(), text, signature);
  if (!right) ERR_clear_error();
  return right;
}

Result<JwkSet> parse_jwk_set(std::string_view text) {
  JsonLimits limits;
  limits.max_bytes = kLargestSet;
  limits.max_depth = 8;
  const auto json = parse_json(text, limits);
  if (!json) return fail(json.error());
  const Json* keys = find(*json, "keys");
  if (keys == nullptr || !keys->is_array()) return bad_key("expected {\"keys\": […]}");
  const JsonArray& list = keys->get_array();
  if (list.size() > kMostKeys) return bad_key("more than " + std::to_string(kMostKeys) + " keys");
  JwkSet set;
  std::string why = "it is empty";
  for (const Json& one : list) {
    if (!one.is_object()) continue;
    auto key = Jwk::from_json(one.get_object());
    if (key) {
      set.push_back(std::move(*key));
    } else {
      why = key.error().message;
    }
  }
  if (set.empty()) return bad_key("the set has no key for signatures: " + why);
  return set;
}

bool known_signature_algorithm(std::string_view name) {
  return find_algorithm(name) != nullptr;
}

std::string base64url(std::string_view bytes) {
  std::string text = base::base64(bytes);
  while (text.ends_with('=')) text.pop_back();
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

std::optional<std::string> base64url_decode(std::string_view text) {
  std::string plain(text);
  if (plain.find_first_of("+/=") != std::string::npos) return std::nullopt;
  std::replace(plain.begin(), plain.end(), '-', '+');
  std::replace(plain.begin(), plain.end(), '_', '/');
  return base::base64_decode(plain);
}

}  // namespace qd::auth
