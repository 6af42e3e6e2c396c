#include "service/webhook_signature.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/id.hpp"
#include "base/text.hpp"

namespace qd::service {

bool signed_with(std::string_view secret, std::string_view body, std::string_view header, std::string_view prefix) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(body.data()), body.size(), digest, &length);
  const std::string right = base::hex(std::string_view(reinterpret_cast<const char*>(digest), length));
  bool found = false;
  for (const auto& one : base::split_trimmed(header, ',')) {
    if (one.starts_with(prefix) && base::constant_time_equal(base::lower(one.substr(prefix.size())), right))
      found = true;
  }
  return found;
}

}  // namespace qd::service
