// Keys that verify signatures of JSON Web Signatures (RFC 7515, 7517, 7518, 8037), by OpenSSL.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"

namespace qd::auth {

// A public key or a shared secret. Copies share it. Thread-safe.
class Jwk {
 public:
  // RSA of 2,048 bits and more, EC on P-256, P-384 or P-521, OKP Ed25519. The error says what is wrong or not known.
  static Result<Jwk> from_json(const JsonObject& jwk);
  // PEM text: a public key, or a certificate.
  static Result<Jwk> from_pem(const std::string& pem);
  // For HS256, HS384, HS512; at least 32 bytes.
  static Result<Jwk> from_secret(std::string secret);

  const std::string& id() const { return id_; }  // kid; "": it has none
  // Is `algorithm` ("RS256") one for this kind of key? A public key never fits an HMAC, whoever asks.
  bool fits(std::string_view algorithm) const;
  bool verifies(std::string_view algorithm, std::string_view text, std::string_view signature) const;

 private:
  struct Material;
  explicit Jwk(std::shared_ptr<const Material> material) : material_(std::move(material)) {}
  std::string id_;
  std::string only_;  // the key's own `alg`; "": any that fits
  std::shared_ptr<const Material> material_;
};

using JwkSet = std::vector<Jwk>;

// {"keys": […]}, 100 at most. Keys that are for encryption, or of a kind that is not known, are left out; an error when
// none is left.
Result<JwkSet> parse_jwk_set(std::string_view text);

// Every algorithm that is known: RS, PS, ES and HS with 256, 384, 512, and EdDSA.
bool known_signature_algorithm(std::string_view name);

// Without padding (RFC 7515, appendix C).
std::string base64url(std::string_view bytes);
std::optional<std::string> base64url_decode(std::string_view text);

}  // namespace qd::auth
