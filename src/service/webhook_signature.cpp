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

Result<> check_secret_setting(const JsonObject& config) {
  const std::string secret = text_or(config, "secret");
  if (secret.empty() || secret.starts_with("keys/")) return {};
  return fail(ErrorKind::invalid, "secret : must be a path of the key storage, keys/…");
}

Result<> check_signature(const WebhookWork& work, const std::string& header, std::string_view prefix) {
  const std::string path = text_or(work.hook.config, "secret");
  if (path.empty()) return {};
  const auto secret = work.secret(path);
  if (!secret) return fail(secret.error());
  const auto found = work.event.headers.find(base::lower(header));
  if (found != work.event.headers.end() && signed_with(*secret, work.event.body, found->second, prefix)) return {};
  return fail(ErrorKind::unauthorized, "The signature in " + header + " is not that of the webhook's secret");
}

}  // namespace qd::service
